/*
 * factor_languages.c -- the words of the pages about second factors in the languages of languages.c.
 *
 * A unit test fails while a language or a word of it is missing.
 */
#include "page/factor_words.h"

#include "page/words.h"

static const struct factor_words english = {
        .lang = STR("en"),
        .title = STR("One more step"),
        .lead = STR("Type the code that your authenticator app shows."),
        .lead_passkey = STR("Answer with the passkey of this account."),
        .code = STR("Code"),
        .send = STR("Continue"),
        .recovery_instead = STR("Use a recovery code"),
        .recovery_code = STR("Recovery code"),
        .use_passkey = STR("Use a passkey"),
        .log_in_passkey = STR("Log in with a passkey"),
        .wrong = STR("This code is not right, or it was used before. Each code works once: wait"
                     " for the next one."),
        .passkey_refused = STR("That passkey was not accepted. Try again, or choose another "
                               "way."),
        .passkey_failed = STR("No passkey was used. Try again, or choose another way."),
        .lost = STR("Lost all of this? The people who run this portal can help you."),
        .over_title = STR("Please log in again"),
        .over_text = STR("It took too long, or there were too many wrong codes."),
        .confirm_title = STR("Confirm that it is you"),
        .confirm_text = STR("This asks once more who you are before something important is "
                            "changed."),
        .confirm_code = STR("Code from your app, or a recovery code"),
        .confirm = STR("Confirm"),
        .confirm_wrong = STR("That was not right. Check the password and the code; each code "
                             "works once."),
        .security = STR("Login security"),
        .security_text = STR("A second factor protects your account even when somebody knows "
                             "your password."),
        .security_open = STR("Second factor and passkeys"),
        .missing = STR("Your role needs a second factor. Set one up here; until then you see "
                       "nothing else of this portal."),
        .app = STR("Authenticator app"),
        .app_text = STR("An app on your phone shows a new code every 30 seconds. You type it "
                        "after your password."),
        .app_on = STR("It is set up: after your password you are asked for its code."),
        .app_set_up = STR("Set up an app"),
        .app_again = STR("Set up another app"),
        .app_remove = STR("Remove the app"),
        .passkeys = STR("Passkeys"),
        .passkeys_text = STR("A passkey is kept by your device or by a security key. It logs "
                             "you in by fingerprint, face or PIN, and works on no other site."),
        .passkey_new = STR("Name of the new passkey"),
        .passkey_add = STR("Add a passkey"),
        .passkey_unnamed = STR("Passkey without a name"),
        .passkey_rename = STR("Rename"),
        .passkey_name = STR("New name"),
        .passkey_remove = STR("Remove"),
        .added = STR("Added"),
        .used = STR("Last used"),
        .never_used = STR("Never used"),
        .no_script = STR("To add a passkey, this browser needs JavaScript and support for "
                         "passkeys."),
        .codes = STR("Recovery codes"),
        .codes_text = STR("Each works once in place of the app or passkey, should you lose it."),
        .codes_left = STR("%s of 10 are left."),
        .codes_none = STR("You get them with your first second factor."),
        .codes_renew = STR("Make new codes"),
        .codes_title = STR("Your recovery codes"),
        .codes_keep = STR("Print them or write them down now, and keep them apart from your "
                          "phone. They are not shown again, and older ones no longer work."),
        .codes_done = STR("I have kept them"),
        .app_title = STR("Set up an authenticator app"),
        .app_scan = STR("Scan this picture with the app, or type the key into it."),
        .app_key = STR("Key"),
        .app_qr = STR("QR code with the key"),
        .app_type = STR("Then type the code that the app shows."),
        .app_turn_on = STR("Turn on"),
        .app_wrong = STR("This code is not right. Check that the clock of your phone is right, "
                         "and type the newest code."),
        .app_added = STR("Your app is set up. Your other sessions have ended."),
        .app_removed = STR("Your app is removed. Your other sessions have ended."),
        .passkey_added = STR("The passkey is added. Your other sessions have ended."),
        .passkey_renamed = STR("The passkey has its new name."),
        .passkey_removed = STR("The passkey is removed. Your other sessions have ended."),
        .key_refused = STR("This passkey could not be added. Try again, or use another one."),
        .last_stays = STR("Your role needs a second factor, so the last one stays. Set up "
                          "another one first."),
        .not_done = STR("Nothing was changed. Please try again."),
        .back = STR("Back to your account"),
};

static const struct factor_words german = {
        .lang = STR("de"),
        .title = STR("Noch ein Schritt"),
        .lead = STR("Geben Sie den Code ein, den Ihre Authenticator-App zeigt."),
        .lead_passkey = STR("Antworten Sie mit dem Passkey dieses Kontos."),
        .code = STR("Code"),
        .send = STR("Weiter"),
        .recovery_instead = STR("Einen Wiederherstellungscode benutzen"),
        .recovery_code = STR("Wiederherstellungscode"),
        .use_passkey = STR("Passkey benutzen"),
        .log_in_passkey = STR("Mit einem Passkey anmelden"),
        .wrong = STR("Dieser Code stimmt nicht oder wurde schon benutzt. Jeder Code gilt "
                     "einmal: Warten Sie auf den nächsten."),
        .passkey_refused = STR("Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch "
                               "einmal oder auf einem anderen Weg."),
        .passkey_failed = STR("Es wurde kein Passkey benutzt. Versuchen Sie es noch einmal oder"
                              " auf einem anderen Weg."),
        .lost = STR("Alles verloren? Die Betreuer dieses Portals können Ihnen helfen."),
        .over_title = STR("Bitte melden Sie sich noch einmal an"),
        .over_text = STR("Es hat zu lange gedauert, oder es gab zu viele falsche Codes."),
        .confirm_title = STR("Bestätigen Sie, dass Sie es sind"),
        .confirm_text = STR("Bevor Wichtiges geändert wird, fragen wir noch einmal, wer Sie "
                            "sind."),
        .confirm_code = STR("Code Ihrer App oder ein Wiederherstellungscode"),
        .confirm = STR("Bestätigen"),
        .confirm_wrong = STR("Das stimmt nicht. Prüfen Sie Passwort und Code; jeder Code gilt "
                             "einmal."),
        .security = STR("Sichere Anmeldung"),
        .security_text = STR("Ein zweiter Faktor schützt Ihr Konto auch dann, wenn jemand Ihr "
                             "Passwort kennt."),
        .security_open = STR("Zweiter Faktor und Passkeys"),
        .missing = STR("Ihre Rolle braucht einen zweiten Faktor. Richten Sie hier einen ein; "
                       "bis dahin sehen Sie von diesem Portal nichts anderes."),
        .app = STR("Authenticator-App"),
        .app_text = STR("Eine App auf Ihrem Telefon zeigt alle 30 Sekunden einen neuen Code. "
                        "Sie geben ihn nach dem Passwort ein."),
        .app_on = STR("Sie ist eingerichtet: Nach dem Passwort werden Sie nach ihrem Code "
                      "gefragt."),
        .app_set_up = STR("App einrichten"),
        .app_again = STR("Andere App einrichten"),
        .app_remove = STR("App entfernen"),
        .passkeys = STR("Passkeys"),
        .passkeys_text = STR("Ein Passkey liegt auf Ihrem Gerät oder einem "
                             "Sicherheitsschlüssel. Er meldet Sie mit Fingerabdruck, Gesicht "
                             "oder PIN an und gilt auf keiner anderen Website."),
        .passkey_new = STR("Name des neuen Passkeys"),
        .passkey_add = STR("Passkey hinzufügen"),
        .passkey_unnamed = STR("Passkey ohne Namen"),
        .passkey_rename = STR("Umbenennen"),
        .passkey_name = STR("Neuer Name"),
        .passkey_remove = STR("Entfernen"),
        .added = STR("Hinzugefügt"),
        .used = STR("Zuletzt benutzt"),
        .never_used = STR("Nie benutzt"),
        .no_script = STR("Um einen Passkey hinzuzufügen, braucht dieser Browser JavaScript und "
                         "muss Passkeys kennen."),
        .codes = STR("Wiederherstellungscodes"),
        .codes_text = STR("Jeder gilt einmal anstelle von App oder Passkey, falls Sie diese "
                          "verlieren."),
        .codes_left = STR("%s von 10 sind übrig."),
        .codes_none = STR("Sie erhalten sie mit Ihrem ersten zweiten Faktor."),
        .codes_renew = STR("Neue Codes erzeugen"),
        .codes_title = STR("Ihre Wiederherstellungscodes"),
        .codes_keep = STR("Drucken Sie sie jetzt aus oder schreiben Sie sie auf, und bewahren "
                          "Sie sie getrennt von Ihrem Telefon auf. Sie werden nicht noch einmal"
                          " gezeigt, und ältere gelten nicht mehr."),
        .codes_done = STR("Ich habe sie aufbewahrt"),
        .app_title = STR("Authenticator-App einrichten"),
        .app_scan = STR("Lesen Sie dieses Bild mit der App ein oder tippen Sie den Schlüssel "
                        "ab."),
        .app_key = STR("Schlüssel"),
        .app_qr = STR("QR-Code mit dem Schlüssel"),
        .app_type = STR("Geben Sie dann den Code ein, den die App zeigt."),
        .app_turn_on = STR("Einschalten"),
        .app_wrong = STR("Dieser Code stimmt nicht. Prüfen Sie, ob die Uhr Ihres Telefons "
                         "richtig geht, und geben Sie den neuesten Code ein."),
        .app_added = STR("Ihre App ist eingerichtet. Ihre anderen Sitzungen sind beendet."),
        .app_removed = STR("Ihre App ist entfernt. Ihre anderen Sitzungen sind beendet."),
        .passkey_added = STR("Der Passkey ist hinzugefügt. Ihre anderen Sitzungen sind beendet."),
        .passkey_renamed = STR("Der Passkey hat seinen neuen Namen."),
        .passkey_removed = STR("Der Passkey ist entfernt. Ihre anderen Sitzungen sind beendet."),
        .key_refused = STR("Dieser Passkey konnte nicht hinzugefügt werden. Versuchen Sie es "
                           "noch einmal oder mit einem anderen."),
        .last_stays = STR("Ihre Rolle braucht einen zweiten Faktor, deshalb bleibt der letzte. "
                          "Richten Sie zuerst einen anderen ein."),
        .not_done = STR("Es wurde nichts geändert. Bitte versuchen Sie es noch einmal."),
        .back = STR("Zurück zu Ihrem Konto"),
};

static const struct factor_words french = {
        .lang = STR("fr"),
        .title = STR("Encore une étape"),
        .lead = STR("Saisissez le code affiché par votre application d’authentification."),
        .lead_passkey = STR("Répondez avec la clé d’accès de ce compte."),
        .code = STR("Code"),
        .send = STR("Continuer"),
        .recovery_instead = STR("Utiliser un code de secours"),
        .recovery_code = STR("Code de secours"),
        .use_passkey = STR("Utiliser une clé d’accès"),
        .log_in_passkey = STR("Se connecter avec une clé d’accès"),
        .wrong = STR("Ce code n’est pas le bon, ou il a déjà servi. Chaque code ne sert qu’une "
                     "fois : attendez le suivant."),
        .passkey_refused = STR("Cette clé d’accès n’a pas été acceptée. Réessayez ou choisissez"
                               " un autre moyen."),
        .passkey_failed = STR("Aucune clé d’accès n’a été utilisée. Réessayez ou choisissez un "
                              "autre moyen."),
        .lost = STR("Vous avez tout perdu ? Les responsables de ce portail peuvent vous aider."),
        .over_title = STR("Veuillez vous reconnecter"),
        .over_text = STR("Le délai est dépassé, ou il y a eu trop de codes erronés."),
        .confirm_title = STR("Confirmez que c’est bien vous"),
        .confirm_text = STR("Avant une modification importante, nous vérifions encore une fois "
                            "qui vous êtes."),
        .confirm_code = STR("Code de votre application, ou code de secours"),
        .confirm = STR("Confirmer"),
        .confirm_wrong = STR("Ce n’est pas correct. Vérifiez le mot de passe et le code ; "
                             "chaque code ne sert qu’une fois."),
        .security = STR("Sécurité de la connexion"),
        .security_text = STR("Un second facteur protège votre compte même si quelqu’un connaît "
                             "votre mot de passe."),
        .security_open = STR("Second facteur et clés d’accès"),
        .missing = STR("Votre rôle exige un second facteur. Configurez-en un ici ; d’ici là, "
                       "rien d’autre de ce portail ne vous est montré."),
        .app = STR("Application d’authentification"),
        .app_text = STR("Une application de votre téléphone affiche un nouveau code toutes les "
                        "30 secondes. Vous le saisissez après le mot de passe."),
        .app_on = STR("Elle est configurée : après le mot de passe, son code vous est demandé."),
        .app_set_up = STR("Configurer une application"),
        .app_again = STR("Configurer une autre application"),
        .app_remove = STR("Retirer l’application"),
        .passkeys = STR("Clés d’accès"),
        .passkeys_text = STR("Une clé d’accès est conservée par votre appareil ou par une clé "
                             "de sécurité. Elle vous connecte par empreinte, visage ou code "
                             "PIN, et ne fonctionne sur aucun autre site."),
        .passkey_new = STR("Nom de la nouvelle clé d’accès"),
        .passkey_add = STR("Ajouter une clé d’accès"),
        .passkey_unnamed = STR("Clé d’accès sans nom"),
        .passkey_rename = STR("Renommer"),
        .passkey_name = STR("Nouveau nom"),
        .passkey_remove = STR("Retirer"),
        .added = STR("Ajoutée"),
        .used = STR("Dernière utilisation"),
        .never_used = STR("Jamais utilisée"),
        .no_script = STR("Pour ajouter une clé d’accès, ce navigateur doit disposer de "
                         "JavaScript et connaître les clés d’accès."),
        .codes = STR("Codes de secours"),
        .codes_text = STR("Chacun sert une fois à la place de l’application ou de la clé "
                          "d’accès, si vous la perdez."),
        .codes_left = STR("Il en reste %s sur 10."),
        .codes_none = STR("Vous les recevez avec votre premier second facteur."),
        .codes_renew = STR("Créer de nouveaux codes"),
        .codes_title = STR("Vos codes de secours"),
        .codes_keep = STR("Imprimez-les ou notez-les maintenant, et gardez-les à l’écart de "
                          "votre téléphone. Ils ne seront plus affichés, et les anciens ne "
                          "servent plus."),
        .codes_done = STR("Je les ai conservés"),
        .app_title = STR("Configurer une application d’authentification"),
        .app_scan = STR("Scannez cette image avec l’application, ou saisissez-y la clé."),
        .app_key = STR("Clé"),
        .app_qr = STR("Code QR contenant la clé"),
        .app_type = STR("Saisissez ensuite le code affiché par l’application."),
        .app_turn_on = STR("Activer"),
        .app_wrong = STR("Ce code n’est pas le bon. Vérifiez l’heure de votre téléphone et "
                         "saisissez le code le plus récent."),
        .app_added = STR("Votre application est configurée. Vos autres sessions sont terminées."),
        .app_removed = STR("Votre application est retirée. Vos autres sessions sont terminées."),
        .passkey_added = STR("La clé d’accès est ajoutée. Vos autres sessions sont terminées."),
        .passkey_renamed = STR("La clé d’accès porte son nouveau nom."),
        .passkey_removed = STR("La clé d’accès est retirée. Vos autres sessions sont terminées."),
        .key_refused = STR("Cette clé d’accès n’a pas pu être ajoutée. Réessayez ou utilisez-en"
                           " une autre."),
        .last_stays = STR("Votre rôle exige un second facteur : le dernier reste. Configurez-en"
                          " d’abord un autre."),
        .not_done = STR("Rien n’a été changé. Veuillez réessayer."),
        .back = STR("Retour à votre compte"),
};

static const struct factor_words spanish = {
        .lang = STR("es"),
        .title = STR("Un paso más"),
        .lead = STR("Escriba el código que muestra su aplicación de autenticación."),
        .lead_passkey = STR("Responda con la llave de acceso de esta cuenta."),
        .code = STR("Código"),
        .send = STR("Continuar"),
        .recovery_instead = STR("Usar un código de recuperación"),
        .recovery_code = STR("Código de recuperación"),
        .use_passkey = STR("Usar una llave de acceso"),
        .log_in_passkey = STR("Iniciar sesión con una llave de acceso"),
        .wrong = STR("Este código no es correcto o ya se usó. Cada código sirve una sola vez: "
                     "espere al siguiente."),
        .passkey_refused = STR("Esa llave de acceso no se ha aceptado. Inténtelo de nuevo o "
                               "elija otro modo."),
        .passkey_failed = STR("No se ha usado ninguna llave de acceso. Inténtelo de nuevo o "
                              "elija otro modo."),
        .lost = STR("¿Lo ha perdido todo? Los responsables de este portal pueden ayudarle."),
        .over_title = STR("Inicie sesión de nuevo"),
        .over_text = STR("Ha pasado demasiado tiempo o ha habido demasiados códigos erróneos."),
        .confirm_title = STR("Confirme que es usted"),
        .confirm_text = STR("Antes de un cambio importante preguntamos otra vez quién es usted."),
        .confirm_code = STR("Código de su aplicación o código de recuperación"),
        .confirm = STR("Confirmar"),
        .confirm_wrong = STR("No es correcto. Revise la contraseña y el código; cada código "
                             "sirve una sola vez."),
        .security = STR("Seguridad del acceso"),
        .security_text = STR("Un segundo factor protege su cuenta aunque alguien conozca su "
                             "contraseña."),
        .security_open = STR("Segundo factor y llaves de acceso"),
        .missing = STR("Su función necesita un segundo factor. Configure uno aquí; hasta "
                       "entonces no verá nada más de este portal."),
        .app = STR("Aplicación de autenticación"),
        .app_text = STR("Una aplicación de su teléfono muestra un código nuevo cada 30 "
                        "segundos. Se escribe después de la contraseña."),
        .app_on = STR("Está configurada: después de la contraseña se le pide su código."),
        .app_set_up = STR("Configurar una aplicación"),
        .app_again = STR("Configurar otra aplicación"),
        .app_remove = STR("Quitar la aplicación"),
        .passkeys = STR("Llaves de acceso"),
        .passkeys_text = STR("Una llave de acceso se guarda en su dispositivo o en una llave de"
                             " seguridad. Inicia la sesión con huella, rostro o PIN y no sirve "
                             "en ningún otro sitio."),
        .passkey_new = STR("Nombre de la nueva llave de acceso"),
        .passkey_add = STR("Añadir una llave de acceso"),
        .passkey_unnamed = STR("Llave de acceso sin nombre"),
        .passkey_rename = STR("Cambiar el nombre"),
        .passkey_name = STR("Nombre nuevo"),
        .passkey_remove = STR("Quitar"),
        .added = STR("Añadida"),
        .used = STR("Último uso"),
        .never_used = STR("Sin usar"),
        .no_script = STR("Para añadir una llave de acceso, este navegador necesita JavaScript y"
                         " conocer las llaves de acceso."),
        .codes = STR("Códigos de recuperación"),
        .codes_text = STR("Cada uno sirve una vez en lugar de la aplicación o la llave de "
                          "acceso, si la pierde."),
        .codes_left = STR("Quedan %s de 10."),
        .codes_none = STR("Los recibe con su primer segundo factor."),
        .codes_renew = STR("Crear códigos nuevos"),
        .codes_title = STR("Sus códigos de recuperación"),
        .codes_keep = STR("Imprímalos o anótelos ahora y guárdelos lejos de su teléfono. No se "
                          "mostrarán otra vez y los anteriores ya no sirven."),
        .codes_done = STR("Los he guardado"),
        .app_title = STR("Configurar una aplicación de autenticación"),
        .app_scan = STR("Escanee esta imagen con la aplicación o escriba en ella la clave."),
        .app_key = STR("Clave"),
        .app_qr = STR("Código QR con la clave"),
        .app_type = STR("Después escriba el código que muestra la aplicación."),
        .app_turn_on = STR("Activar"),
        .app_wrong = STR("Este código no es correcto. Compruebe la hora de su teléfono y "
                         "escriba el código más reciente."),
        .app_added = STR("Su aplicación está configurada. Sus otras sesiones han terminado."),
        .app_removed = STR("Su aplicación se ha quitado. Sus otras sesiones han terminado."),
        .passkey_added = STR("La llave de acceso se ha añadido. Sus otras sesiones han "
                             "terminado."),
        .passkey_renamed = STR("La llave de acceso tiene su nombre nuevo."),
        .passkey_removed = STR("La llave de acceso se ha quitado. Sus otras sesiones han "
                               "terminado."),
        .key_refused = STR("No se ha podido añadir esta llave de acceso. Inténtelo de nuevo o "
                           "use otra."),
        .last_stays = STR("Su función necesita un segundo factor, así que el último se queda. "
                          "Configure antes otro."),
        .not_done = STR("No se ha cambiado nada. Inténtelo de nuevo."),
        .back = STR("Volver a su cuenta"),
};

static const struct factor_words arabic = {
        .lang = STR("ar"),
        .title = STR("خطوة أخرى"),
        .lead = STR("اكتب الرمز الذي يعرضه تطبيق المصادقة."),
        .lead_passkey = STR("أجب بمفتاح المرور الخاص بهذا الحساب."),
        .code = STR("الرمز"),
        .send = STR("متابعة"),
        .recovery_instead = STR("استعمال رمز استرداد"),
        .recovery_code = STR("رمز الاسترداد"),
        .use_passkey = STR("استعمال مفتاح مرور"),
        .log_in_passkey = STR("تسجيل الدخول بمفتاح مرور"),
        .wrong = STR("هذا الرمز غير صحيح أو سبق استعماله. كل رمز يصلح مرة واحدة: انتظر الرمز "
                     "التالي."),
        .passkey_refused = STR("لم يُقبل مفتاح المرور هذا. حاول مرة أخرى أو اختر طريقة أخرى."),
        .passkey_failed = STR("لم يُستعمل أي مفتاح مرور. حاول مرة أخرى أو اختر طريقة أخرى."),
        .lost = STR("فقدت كل ذلك؟ يستطيع القائمون على هذا الموقع مساعدتك."),
        .over_title = STR("يُرجى تسجيل الدخول من جديد"),
        .over_text = STR("انقضى الوقت أو كثرت الرموز الخاطئة."),
        .confirm_title = STR("أكّد أنك صاحب الحساب"),
        .confirm_text = STR("نسأل مرة أخرى من أنت قبل تغيير أمر مهم."),
        .confirm_code = STR("رمز من تطبيقك أو رمز استرداد"),
        .confirm = STR("تأكيد"),
        .confirm_wrong = STR("هذا غير صحيح. تحقق من كلمة المرور والرمز؛ كل رمز يصلح مرة واحدة."),
        .security = STR("أمان تسجيل الدخول"),
        .security_text = STR("يحمي العامل الثاني حسابك حتى إن عرف أحدهم كلمة مرورك."),
        .security_open = STR("العامل الثاني ومفاتيح المرور"),
        .missing = STR("يتطلب دورك عاملًا ثانيًا. أعدّه هنا؛ ولن ترى شيئًا آخر من هذا الموقع "
                       "قبل ذلك."),
        .app = STR("تطبيق المصادقة"),
        .app_text = STR("يعرض تطبيق في هاتفك رمزًا جديدًا كل 30 ثانية، وتكتبه بعد كلمة المرور."),
        .app_on = STR("التطبيق مُعدّ: يُطلب رمزه بعد كلمة المرور."),
        .app_set_up = STR("إعداد تطبيق"),
        .app_again = STR("إعداد تطبيق آخر"),
        .app_remove = STR("إزالة التطبيق"),
        .passkeys = STR("مفاتيح المرور"),
        .passkeys_text = STR("يُحفظ مفتاح المرور في جهازك أو في مفتاح أمان. يسجّل دخولك بالبصمة"
                             " أو الوجه أو رقم سري، ولا يعمل في أي موقع آخر."),
        .passkey_new = STR("اسم مفتاح المرور الجديد"),
        .passkey_add = STR("إضافة مفتاح مرور"),
        .passkey_unnamed = STR("مفتاح مرور بلا اسم"),
        .passkey_rename = STR("تغيير الاسم"),
        .passkey_name = STR("الاسم الجديد"),
        .passkey_remove = STR("إزالة"),
        .added = STR("أُضيف"),
        .used = STR("آخر استعمال"),
        .never_used = STR("لم يُستعمل"),
        .no_script = STR("لإضافة مفتاح مرور يحتاج هذا المتصفح إلى JavaScript وإلى دعم مفاتيح "
                         "المرور."),
        .codes = STR("رموز الاسترداد"),
        .codes_text = STR("يصلح كل رمز مرة واحدة بدل التطبيق أو مفتاح المرور إن فقدته."),
        .codes_left = STR("بقي %s من 10."),
        .codes_none = STR("تحصل عليها مع أول عامل ثانٍ."),
        .codes_renew = STR("إنشاء رموز جديدة"),
        .codes_title = STR("رموز الاسترداد الخاصة بك"),
        .codes_keep = STR("اطبعها أو دوّنها الآن واحفظها بعيدًا عن هاتفك. لن تُعرض مرة أخرى، "
                          "والرموز القديمة لم تعد صالحة."),
        .codes_done = STR("لقد حفظتها"),
        .app_title = STR("إعداد تطبيق مصادقة"),
        .app_scan = STR("امسح هذه الصورة بالتطبيق أو اكتب المفتاح فيه."),
        .app_key = STR("المفتاح"),
        .app_qr = STR("رمز QR يحوي المفتاح"),
        .app_type = STR("ثم اكتب الرمز الذي يعرضه التطبيق."),
        .app_turn_on = STR("تفعيل"),
        .app_wrong = STR("هذا الرمز غير صحيح. تحقق من ساعة هاتفك واكتب أحدث رمز."),
        .app_added = STR("أُعدّ تطبيقك وانتهت جلساتك الأخرى."),
        .app_removed = STR("أُزيل تطبيقك وانتهت جلساتك الأخرى."),
        .passkey_added = STR("أُضيف مفتاح المرور وانتهت جلساتك الأخرى."),
        .passkey_renamed = STR("صار لمفتاح المرور اسمه الجديد."),
        .passkey_removed = STR("أُزيل مفتاح المرور وانتهت جلساتك الأخرى."),
        .key_refused = STR("تعذّرت إضافة مفتاح المرور هذا. حاول مرة أخرى أو استعمل غيره."),
        .last_stays = STR("يتطلب دورك عاملًا ثانيًا، لذلك يبقى الأخير. أعدّ غيره أولًا."),
        .not_done = STR("لم يتغير شيء. يُرجى المحاولة مرة أخرى."),
        .back = STR("العودة إلى حسابك"),
};

static const struct factor_words hebrew = {
        .lang = STR("he"),
        .title = STR("עוד צעד אחד"),
        .lead = STR("נא להקליד את הקוד שמוצג ביישומון האימות."),
        .lead_passkey = STR("נא להשיב במפתח הגישה של החשבון הזה."),
        .code = STR("קוד"),
        .send = STR("המשך"),
        .recovery_instead = STR("שימוש בקוד שחזור"),
        .recovery_code = STR("קוד שחזור"),
        .use_passkey = STR("שימוש במפתח גישה"),
        .log_in_passkey = STR("כניסה במפתח גישה"),
        .wrong = STR("הקוד שגוי, או שכבר נעשה בו שימוש. כל קוד תקף פעם אחת: נא להמתין לקוד הבא."),
        .passkey_refused = STR("מפתח הגישה לא התקבל. נא לנסות שוב או לבחור דרך אחרת."),
        .passkey_failed = STR("לא נעשה שימוש במפתח גישה. נא לנסות שוב או לבחור דרך אחרת."),
        .lost = STR("הכול אבד? מנהלי האתר יכולים לעזור לך."),
        .over_title = STR("נא להיכנס שוב"),
        .over_text = STR("עבר זמן רב מדי, או שהוקלדו קודים שגויים רבים מדי."),
        .confirm_title = STR("אישור זהות"),
        .confirm_text = STR("לפני שינוי חשוב אנו שואלים שוב מי אתם."),
        .confirm_code = STR("קוד מהיישומון או קוד שחזור"),
        .confirm = STR("אישור"),
        .confirm_wrong = STR("משהו אינו נכון. נא לבדוק את הסיסמה ואת הקוד; כל קוד תקף פעם אחת."),
        .security = STR("אבטחת הכניסה"),
        .security_text = STR("גורם שני מגן על החשבון שלך גם אם מישהו יודע את הסיסמה."),
        .security_open = STR("גורם שני ומפתחות גישה"),
        .missing = STR("התפקיד שלך מחייב גורם שני. נא להגדיר אותו כאן; עד אז לא יוצג לך דבר אחר"
                       " באתר."),
        .app = STR("יישומון אימות"),
        .app_text = STR("יישומון בטלפון מציג קוד חדש בכל 30 שניות. מקלידים אותו אחרי הסיסמה."),
        .app_on = STR("היישומון מוגדר: אחרי הסיסמה יתבקש הקוד שלו."),
        .app_set_up = STR("הגדרת יישומון"),
        .app_again = STR("הגדרת יישומון אחר"),
        .app_remove = STR("הסרת היישומון"),
        .passkeys = STR("מפתחות גישה"),
        .passkeys_text = STR("מפתח גישה נשמר במכשיר שלך או במפתח אבטחה. הוא מכניס אותך בטביעת "
                             "אצבע, בפנים או בקוד אישי, ואינו פועל בשום אתר אחר."),
        .passkey_new = STR("שם מפתח הגישה החדש"),
        .passkey_add = STR("הוספת מפתח גישה"),
        .passkey_unnamed = STR("מפתח גישה ללא שם"),
        .passkey_rename = STR("שינוי השם"),
        .passkey_name = STR("שם חדש"),
        .passkey_remove = STR("הסרה"),
        .added = STR("נוסף"),
        .used = STR("שימוש אחרון"),
        .never_used = STR("טרם נעשה שימוש"),
        .no_script = STR("כדי להוסיף מפתח גישה, הדפדפן צריך JavaScript ותמיכה במפתחות גישה."),
        .codes = STR("קודי שחזור"),
        .codes_text = STR("כל קוד תקף פעם אחת במקום היישומון או מפתח הגישה, אם יאבדו."),
        .codes_left = STR("נותרו %s מתוך 10."),
        .codes_none = STR("הם ניתנים עם הגורם השני הראשון."),
        .codes_renew = STR("יצירת קודים חדשים"),
        .codes_title = STR("קודי השחזור שלך"),
        .codes_keep = STR("נא להדפיס או לרשום אותם עכשיו ולשמור אותם הרחק מהטלפון. הם לא יוצגו "
                          "שוב, והישנים כבר אינם תקפים."),
        .codes_done = STR("שמרתי אותם"),
        .app_title = STR("הגדרת יישומון אימות"),
        .app_scan = STR("נא לסרוק את התמונה ביישומון, או להקליד בו את המפתח."),
        .app_key = STR("מפתח"),
        .app_qr = STR("קוד QR ובו המפתח"),
        .app_type = STR("אחר כך נא להקליד את הקוד שמוצג ביישומון."),
        .app_turn_on = STR("הפעלה"),
        .app_wrong = STR("הקוד שגוי. נא לבדוק שהשעון בטלפון מכוון ולהקליד את הקוד החדש ביותר."),
        .app_added = STR("היישומון הוגדר, והחיבורים האחרים שלך הסתיימו."),
        .app_removed = STR("היישומון הוסר, והחיבורים האחרים שלך הסתיימו."),
        .passkey_added = STR("מפתח הגישה נוסף, והחיבורים האחרים שלך הסתיימו."),
        .passkey_renamed = STR("למפתח הגישה יש שם חדש."),
        .passkey_removed = STR("מפתח הגישה הוסר, והחיבורים האחרים שלך הסתיימו."),
        .key_refused = STR("לא ניתן היה להוסיף את מפתח הגישה. נא לנסות שוב או להשתמש באחר."),
        .last_stays = STR("התפקיד שלך מחייב גורם שני, ולכן האחרון נשאר. נא להגדיר קודם אחר."),
        .not_done = STR("לא השתנה דבר. נא לנסות שוב."),
        .back = STR("חזרה לחשבון שלך"),
};

const struct factor_words *const factor_words_tables[] = {
        &english, &german, &french, &spanish, &arabic, &hebrew,
};
const size_t factor_words_ntables = ARRAY_LEN(factor_words_tables);

const struct factor_words *factor_words_for(struct str lang)
{
        struct str chosen = words_for(lang)->lang;

        for (size_t i = 0; i < factor_words_ntables; i++)
                if (str_eq(factor_words_tables[i]->lang, chosen))
                        return factor_words_tables[i];
        return factor_words_tables[0];
}
