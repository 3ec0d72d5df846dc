/*
 * words.c -- the words of letters in six languages; English is first and stands in for others.
 *
 * A unit test fails while a word of a language is missing.
 */
#include "words.h"

static const struct letter_words english = {
        .lang = STR("en"),
        .hello = STR("Hello,"),
        .hello_name = STR("Hello %s,"),
        .once = STR("The link works once, until %s."),
        .ignore = STR("If you did not expect this letter, ignore it: without the link nothing "
                      "happens."),
        .sender = STR("This letter was sent by the documentation portal %s."),
        .kinds = {
                [LETTER_SETUP] = { STR("Set up your portal %s"),
                        STR("the documentation portal %s has been made for you. Choose a "
                            "password, and its first account is yours."),
                        STR("Set up the portal") },
                [LETTER_INVITE_AUTHOR] = { STR("You are invited to write in %s"),
                        STR("you are invited to write in the documentation portal %s. Choose a "
                            "password to begin."), STR("Accept the invitation") },
                [LETTER_INVITE_REVIEWER] = { STR("You are invited to review in %s"),
                        STR("you are invited to review in the documentation portal %s. Choose a "
                            "password to begin."), STR("Accept the invitation") },
                [LETTER_INVITE_READER] = { STR("You are invited to read %s"),
                        STR("you are invited to read what is not public in the documentation "
                            "portal %s. Choose a password to begin."),
                        STR("Accept the invitation") },
                [LETTER_RESET] = { STR("A new password for %s"),
                        STR("somebody asked for a new password for your account in the "
                            "documentation portal %s. Until you choose one, the old one holds."),
                        STR("Choose a new password") },
                [LETTER_PASSWORD_CHANGED] = { STR("Your password for %s was changed"),
                        STR("the password of your account in the documentation portal %s was "
                            "changed, and all other sessions were ended. If it was not you, ask "
                            "an administrator of the portal at once."), STR("Go to the portal") },
                [LETTER_DISABLED] = { STR("Your account in %s was disabled"),
                        STR("your account in the documentation portal %s was disabled. If you "
                            "have questions, ask an administrator of the portal."),
                        STR("Go to the portal") },
                [LETTER_FACTOR_ADDED] = { STR("A second factor was set up for %s"),
                        STR("an authenticator app was set up for your account in the "
                            "documentation portal %s, and all other sessions were ended. If "
                            "it was not you, ask an administrator of the portal at once."),
                        STR("Go to the portal") },
                [LETTER_FACTOR_REMOVED] = { STR("Your second factor for %s was removed"),
                        STR("the second factor of your account in the documentation portal "
                            "%s was removed. If you did not want it, ask an administrator of "
                            "the portal at once."),
                        STR("Go to the portal") },
                [LETTER_PASSKEY_ADDED] = { STR("A passkey was added for %s"),
                        STR("a passkey was added to your account in the documentation portal "
                            "%s, and all other sessions were ended. If it was not you, ask "
                            "an administrator of the portal at once."),
                        STR("Go to the portal") },
                [LETTER_PASSKEY_REMOVED] = { STR("A passkey for %s was removed"),
                        STR("a passkey of your account in the documentation portal %s was "
                            "removed, and all other sessions were ended. If it was not you, "
                            "ask an administrator of the portal at once."),
                        STR("Go to the portal") },
                [LETTER_BACKUP_LATE] = { STR("A backup of %s is late"),
                        STR("the documentation portal %s has had no good backup for more "
                            "than 26 hours. What it holds is there and can be used; its "
                            "older backups stay. The operator of the host has been told. "
                            "The portal's Trust page shows how it stands."),
                        STR("See the Trust page") },
                [LETTER_TRIAL_FAILED] = { STR("A backup of %s failed its trial"),
                        STR("a backup of the documentation portal %s did not give back, "
                            "in its trial restore, what was put into it. It does not "
                            "count, and older backups stay. The operator of the host has "
                            "been told. The portal's Trust page shows how it stands."),
                        STR("See the Trust page") },
                [LETTER_DAMAGED] = { STR("Damage was found in %s"),
                        STR("the daily check of the documentation portal %s has found "
                            "damage in its database. Its newer backups do not count, and "
                            "older ones stay. The operator of the host has been told and "
                            "can restore a good backup. The portal's Trust page shows "
                            "how it stands."),
                        STR("See the Trust page") },
                [LETTER_COPY_LATE] = { STR("Copies of %s elsewhere are late"),
                        STR("no backup of the documentation portal %s of the last 26 "
                            "hours has a copy in another place yet. The backups on the "
                            "host itself are not touched by that. The operator of the "
                            "host has been told. The portal's Trust page shows how it "
                            "stands."),
                        STR("See the Trust page") },
                [LETTER_WELL_AGAIN] = { STR("The backups of %s are in order again"),
                        STR("what you were written about the backups of the "
                            "documentation portal %s is over. The portal's Trust page "
                            "shows how it stands."),
                        STR("See the Trust page") },
        },
};

static const struct letter_words german = {
        .lang = STR("de"),
        .hello = STR("Guten Tag,"),
        .hello_name = STR("Guten Tag %s,"),
        .once = STR("Der Link gilt einmal, bis %s."),
        .ignore = STR("Wenn Sie diesen Brief nicht erwartet haben, beachten Sie ihn nicht: Ohne "
                      "den Link geschieht nichts."),
        .sender = STR("Dieser Brief kommt vom Dokumentationsportal %s."),
        .kinds = {
                [LETTER_SETUP] = { STR("Richten Sie Ihr Portal %s ein"),
                        STR("das Dokumentationsportal %s wurde für Sie angelegt. Wählen Sie ein "
                            "Passwort, dann gehört Ihnen das erste Konto."),
                        STR("Portal einrichten") },
                [LETTER_INVITE_AUTHOR] = { STR("Einladung zum Schreiben in %s"),
                        STR("Sie sind eingeladen, im Dokumentationsportal %s zu schreiben. "
                            "Wählen Sie zu Beginn ein Passwort."), STR("Einladung annehmen") },
                [LETTER_INVITE_REVIEWER] = { STR("Einladung zum Gegenlesen in %s"),
                        STR("Sie sind eingeladen, im Dokumentationsportal %s gegenzulesen. "
                            "Wählen Sie zu Beginn ein Passwort."), STR("Einladung annehmen") },
                [LETTER_INVITE_READER] = { STR("Einladung zum Lesen von %s"),
                        STR("Sie sind eingeladen, im Dokumentationsportal %s zu lesen, was nicht "
                            "öffentlich ist. Wählen Sie zu Beginn ein Passwort."),
                        STR("Einladung annehmen") },
                [LETTER_RESET] = { STR("Ein neues Passwort für %s"),
                        STR("jemand hat ein neues Passwort für Ihr Konto im Dokumentationsportal "
                            "%s verlangt. Bis Sie eines wählen, gilt das alte."),
                        STR("Neues Passwort wählen") },
                [LETTER_PASSWORD_CHANGED] = { STR("Ihr Passwort für %s wurde geändert"),
                        STR("das Passwort Ihres Kontos im Dokumentationsportal %s wurde "
                            "geändert, und alle anderen Sitzungen wurden beendet. Wenn Sie das "
                            "nicht waren, wenden Sie sich sofort an die Verwaltung des Portals."),
                        STR("Zum Portal") },
                [LETTER_DISABLED] = { STR("Ihr Konto in %s wurde gesperrt"),
                        STR("Ihr Konto im Dokumentationsportal %s wurde gesperrt. Bei Fragen "
                            "wenden Sie sich an die Verwaltung des Portals."), STR("Zum Portal") },
                [LETTER_FACTOR_ADDED] = { STR("Ein zweiter Faktor für %s wurde eingerichtet"),
                        STR("für Ihr Konto im Dokumentationsportal %s wurde eine "
                            "Authenticator-App eingerichtet, und alle anderen Sitzungen "
                            "wurden beendet. Wenn Sie das nicht waren, wenden Sie sich "
                            "sofort an die Verwaltung des Portals."),
                        STR("Zum Portal") },
                [LETTER_FACTOR_REMOVED] = { STR("Ihr zweiter Faktor für %s wurde entfernt"),
                        STR("der zweite Faktor Ihres Kontos im Dokumentationsportal %s wurde "
                            "entfernt. Wenn Sie das nicht wollten, wenden Sie sich sofort an "
                            "die Verwaltung des Portals."),
                        STR("Zum Portal") },
                [LETTER_PASSKEY_ADDED] = { STR("Ein Passkey für %s wurde hinzugefügt"),
                        STR("zu Ihrem Konto im Dokumentationsportal %s wurde ein Passkey "
                            "hinzugefügt, und alle anderen Sitzungen wurden beendet. Wenn "
                            "Sie das nicht waren, wenden Sie sich sofort an die Verwaltung "
                            "des Portals."),
                        STR("Zum Portal") },
                [LETTER_PASSKEY_REMOVED] = { STR("Ein Passkey für %s wurde entfernt"),
                        STR("ein Passkey Ihres Kontos im Dokumentationsportal %s wurde "
                            "entfernt, und alle anderen Sitzungen wurden beendet. Wenn Sie "
                            "das nicht waren, wenden Sie sich sofort an die Verwaltung des "
                            "Portals."),
                        STR("Zum Portal") },
                [LETTER_BACKUP_LATE] = { STR("Eine Sicherung von %s ist überfällig"),
                        STR("das Dokumentationsportal %s hat seit über 26 Stunden keine "
                            "gute Sicherung. Sein Inhalt ist da und kann benutzt werden; "
                            "seine älteren Sicherungen bleiben. Der Betreiber des "
                            "Rechners weiß es. Die Vertrauensseite des Portals zeigt, "
                            "wie es steht."),
                        STR("Zur Vertrauensseite") },
                [LETTER_TRIAL_FAILED] = { STR("Eine Sicherung von %s hat ihre Probe nicht bestanden"),
                        STR("eine Sicherung des Dokumentationsportals %s gab bei ihrer "
                            "Probe-Wiederherstellung nicht zurück, was hineingelegt "
                            "wurde. Sie zählt nicht, und ältere Sicherungen bleiben. Der "
                            "Betreiber des Rechners weiß es. Die Vertrauensseite des "
                            "Portals zeigt, wie es steht."),
                        STR("Zur Vertrauensseite") },
                [LETTER_DAMAGED] = { STR("In %s wurde ein Schaden gefunden"),
                        STR("die tägliche Prüfung des Dokumentationsportals %s hat einen "
                            "Schaden in seiner Datenbank gefunden. Seine neueren "
                            "Sicherungen zählen nicht, und ältere bleiben. Der Betreiber "
                            "des Rechners weiß es und kann eine gute Sicherung "
                            "wiederherstellen. Die Vertrauensseite des Portals zeigt, "
                            "wie es steht."),
                        STR("Zur Vertrauensseite") },
                [LETTER_COPY_LATE] = { STR("Kopien von %s an anderem Ort sind überfällig"),
                        STR("keine Sicherung des Dokumentationsportals %s aus den "
                            "letzten 26 Stunden hat schon eine Kopie an einem anderen "
                            "Ort. Die Sicherungen auf dem Rechner selbst berührt das "
                            "nicht. Der Betreiber des Rechners weiß es. Die "
                            "Vertrauensseite des Portals zeigt, wie es steht."),
                        STR("Zur Vertrauensseite") },
                [LETTER_WELL_AGAIN] = { STR("Die Sicherungen von %s sind wieder in Ordnung"),
                        STR("was Ihnen über die Sicherungen des Dokumentationsportals %s "
                            "geschrieben wurde, ist vorüber. Die Vertrauensseite des "
                            "Portals zeigt, wie es steht."),
                        STR("Zur Vertrauensseite") },
        },
};

static const struct letter_words french = {
        .lang = STR("fr"),
        .hello = STR("Bonjour,"),
        .hello_name = STR("Bonjour %s,"),
        .once = STR("Le lien fonctionne une seule fois, jusqu’au %s."),
        .ignore = STR("Si vous n’attendiez pas cette lettre, ignorez-la : sans le lien, rien ne "
                      "se passe."),
        .sender = STR("Cette lettre vient du portail de documentation %s."),
        .kinds = {
                [LETTER_SETUP] = { STR("Mettez en place votre portail %s"),
                        STR("le portail de documentation %s a été créé pour vous. Choisissez un "
                            "mot de passe, et son premier compte est à vous."),
                        STR("Mettre en place le portail") },
                [LETTER_INVITE_AUTHOR] = { STR("Invitation à écrire dans %s"),
                        STR("vous êtes invité à écrire dans le portail de documentation %s. "
                            "Choisissez un mot de passe pour commencer."),
                        STR("Accepter l’invitation") },
                [LETTER_INVITE_REVIEWER] = { STR("Invitation à relire dans %s"),
                        STR("vous êtes invité à relire dans le portail de documentation %s. "
                            "Choisissez un mot de passe pour commencer."),
                        STR("Accepter l’invitation") },
                [LETTER_INVITE_READER] = { STR("Invitation à lire %s"),
                        STR("vous êtes invité à lire ce qui n’est pas public dans le portail de "
                            "documentation %s. Choisissez un mot de passe pour commencer."),
                        STR("Accepter l’invitation") },
                [LETTER_RESET] = { STR("Un nouveau mot de passe pour %s"),
                        STR("quelqu’un a demandé un nouveau mot de passe pour votre compte dans "
                            "le portail de documentation %s. Tant que vous n’en choisissez pas, "
                            "l’ancien reste valable."),
                        STR("Choisir un nouveau mot de passe") },
                [LETTER_PASSWORD_CHANGED] = { STR("Votre mot de passe pour %s a été changé"),
                        STR("le mot de passe de votre compte dans le portail de documentation %s "
                            "a été changé, et toutes les autres sessions ont pris fin. Si ce "
                            "n’était pas vous, adressez-vous tout de suite à un administrateur "
                            "du portail."), STR("Aller au portail") },
                [LETTER_DISABLED] = { STR("Votre compte dans %s a été désactivé"),
                        STR("votre compte dans le portail de documentation %s a été désactivé. "
                            "Pour toute question, adressez-vous à un administrateur du portail."),
                        STR("Aller au portail") },
                [LETTER_FACTOR_ADDED] = { STR("Un second facteur a été configuré pour %s"),
                        STR("une application d’authentification a été configurée pour votre "
                            "compte dans le portail de documentation %s, et toutes les "
                            "autres sessions ont pris fin. Si ce n’était pas vous, "
                            "adressez-vous tout de suite à un administrateur du portail."),
                        STR("Aller au portail") },
                [LETTER_FACTOR_REMOVED] = { STR("Votre second facteur pour %s a été retiré"),
                        STR("le second facteur de votre compte dans le portail de "
                            "documentation %s a été retiré. Si vous ne le vouliez pas, "
                            "adressez-vous tout de suite à un administrateur du portail."),
                        STR("Aller au portail") },
                [LETTER_PASSKEY_ADDED] = { STR("Une clé d’accès a été ajoutée pour %s"),
                        STR("une clé d’accès a été ajoutée à votre compte dans le portail de "
                            "documentation %s, et toutes les autres sessions ont pris fin. "
                            "Si ce n’était pas vous, adressez-vous tout de suite à un "
                            "administrateur du portail."),
                        STR("Aller au portail") },
                [LETTER_PASSKEY_REMOVED] = { STR("Une clé d’accès pour %s a été retirée"),
                        STR("une clé d’accès de votre compte dans le portail de "
                            "documentation %s a été retirée, et toutes les autres sessions "
                            "ont pris fin. Si ce n’était pas vous, adressez-vous tout de "
                            "suite à un administrateur du portail."),
                        STR("Aller au portail") },
                [LETTER_BACKUP_LATE] = { STR("Une sauvegarde de %s est en retard"),
                        STR("le portail de documentation %s n’a pas de bonne sauvegarde "
                            "depuis plus de 26 heures. Son contenu est là et utilisable "
                            "; ses sauvegardes plus anciennes restent. L’exploitant de "
                            "l’hôte en est averti. La page de confiance du portail "
                            "montre où il en est."),
                        STR("Voir la page de confiance") },
                [LETTER_TRIAL_FAILED] = { STR("Une sauvegarde de %s a échoué à l’essai"),
                        STR("une sauvegarde du portail de documentation %s n’a pas "
                            "rendu, à sa restauration d’essai, ce qui y avait été mis. "
                            "Elle ne compte pas, et les plus anciennes restent. "
                            "L’exploitant de l’hôte en est averti. La page de confiance "
                            "du portail montre où il en est."),
                        STR("Voir la page de confiance") },
                [LETTER_DAMAGED] = { STR("Un dommage a été trouvé dans %s"),
                        STR("la vérification quotidienne du portail de documentation %s "
                            "a trouvé un dommage dans sa base de données. Ses nouvelles "
                            "sauvegardes ne comptent pas, et les anciennes restent. "
                            "L’exploitant de l’hôte en est averti et peut restaurer une "
                            "bonne sauvegarde. La page de confiance du portail montre où "
                            "il en est."),
                        STR("Voir la page de confiance") },
                [LETTER_COPY_LATE] = { STR("Les copies de %s ailleurs sont en retard"),
                        STR("aucune sauvegarde du portail de documentation %s des 26 "
                            "dernières heures n’a encore de copie dans un autre lieu. "
                            "Les sauvegardes sur l’hôte lui-même n’en sont pas touchées. "
                            "L’exploitant de l’hôte en est averti. La page de confiance "
                            "du portail montre où il en est."),
                        STR("Voir la page de confiance") },
                [LETTER_WELL_AGAIN] = { STR("Les sauvegardes de %s sont de nouveau en ordre"),
                        STR("ce qui vous a été écrit au sujet des sauvegardes du portail "
                            "de documentation %s est terminé. La page de confiance du "
                            "portail montre où il en est."),
                        STR("Voir la page de confiance") },
        },
};

static const struct letter_words spanish = {
        .lang = STR("es"),
        .hello = STR("Hola:"),
        .hello_name = STR("Hola, %s:"),
        .once = STR("El enlace funciona una sola vez, hasta el %s."),
        .ignore = STR("Si no esperaba esta carta, no le haga caso: sin el enlace no ocurre nada."),
        .sender = STR("Esta carta viene del portal de documentación %s."),
        .kinds = {
                [LETTER_SETUP] = { STR("Ponga en marcha su portal %s"),
                        STR("se ha creado para usted el portal de documentación %s. Elija una "
                            "contraseña y la primera cuenta será suya."),
                        STR("Poner en marcha el portal") },
                [LETTER_INVITE_AUTHOR] = { STR("Invitación para escribir en %s"),
                        STR("le invitamos a escribir en el portal de documentación %s. Elija una "
                            "contraseña para empezar."), STR("Aceptar la invitación") },
                [LETTER_INVITE_REVIEWER] = { STR("Invitación para revisar en %s"),
                        STR("le invitamos a revisar en el portal de documentación %s. Elija una "
                            "contraseña para empezar."), STR("Aceptar la invitación") },
                [LETTER_INVITE_READER] = { STR("Invitación para leer %s"),
                        STR("le invitamos a leer lo que no es público en el portal de "
                            "documentación %s. Elija una contraseña para empezar."),
                        STR("Aceptar la invitación") },
                [LETTER_RESET] = { STR("Una contraseña nueva para %s"),
                        STR("alguien ha pedido una contraseña nueva para su cuenta en el portal "
                            "de documentación %s. Mientras no elija otra, vale la anterior."),
                        STR("Elegir una contraseña nueva") },
                [LETTER_PASSWORD_CHANGED] = { STR("Se ha cambiado su contraseña de %s"),
                        STR("se ha cambiado la contraseña de su cuenta en el portal de "
                            "documentación %s y se han cerrado todas las demás sesiones. Si no "
                            "ha sido usted, acuda enseguida a la administración del portal."),
                        STR("Ir al portal") },
                [LETTER_DISABLED] = { STR("Se ha desactivado su cuenta en %s"),
                        STR("se ha desactivado su cuenta en el portal de documentación %s. Si "
                            "tiene preguntas, acuda a la administración del portal."),
                        STR("Ir al portal") },
                [LETTER_FACTOR_ADDED] = { STR("Se ha configurado un segundo factor para %s"),
                        STR("se ha configurado una aplicación de autenticación para su "
                            "cuenta en el portal de documentación %s y se han cerrado todas "
                            "las demás sesiones. Si no ha sido usted, acuda enseguida a la "
                            "administración del portal."),
                        STR("Ir al portal") },
                [LETTER_FACTOR_REMOVED] = { STR("Se ha quitado su segundo factor de %s"),
                        STR("se ha quitado el segundo factor de su cuenta en el portal de "
                            "documentación %s. Si usted no lo quería, acuda enseguida a la "
                            "administración del portal."),
                        STR("Ir al portal") },
                [LETTER_PASSKEY_ADDED] = { STR("Se ha añadido una llave de acceso para %s"),
                        STR("se ha añadido una llave de acceso a su cuenta en el portal de "
                            "documentación %s y se han cerrado todas las demás sesiones. Si "
                            "no ha sido usted, acuda enseguida a la administración del "
                            "portal."),
                        STR("Ir al portal") },
                [LETTER_PASSKEY_REMOVED] = { STR("Se ha quitado una llave de acceso de %s"),
                        STR("se ha quitado una llave de acceso de su cuenta en el portal de "
                            "documentación %s y se han cerrado todas las demás sesiones. Si "
                            "no ha sido usted, acuda enseguida a la administración del "
                            "portal."),
                        STR("Ir al portal") },
                [LETTER_BACKUP_LATE] = { STR("Una copia de %s se retrasa"),
                        STR("el portal de documentación %s no tiene una copia buena "
                            "desde hace más de 26 horas. Su contenido está ahí y se "
                            "puede usar; sus copias anteriores se quedan. El operador "
                            "del equipo lo sabe. La página de confianza del portal "
                            "muestra cómo está."),
                        STR("Ver la página de confianza") },
                [LETTER_TRIAL_FAILED] = { STR("Una copia de %s falló en su prueba"),
                        STR("una copia del portal de documentación %s no devolvió, en su "
                            "restauración de prueba, lo que se había puesto en ella. No "
                            "cuenta, y las anteriores se quedan. El operador del equipo "
                            "lo sabe. La página de confianza del portal muestra cómo "
                            "está."),
                        STR("Ver la página de confianza") },
                [LETTER_DAMAGED] = { STR("Se encontraron daños en %s"),
                        STR("la revisión diaria del portal de documentación %s encontró "
                            "daños en su base de datos. Sus copias nuevas no cuentan, y "
                            "las anteriores se quedan. El operador del equipo lo sabe y "
                            "puede restaurar una copia buena. La página de confianza del "
                            "portal muestra cómo está."),
                        STR("Ver la página de confianza") },
                [LETTER_COPY_LATE] = { STR("Las copias de %s en otro lugar se retrasan"),
                        STR("ninguna copia de seguridad del portal de documentación %s "
                            "de las últimas 26 horas está ya en otro lugar. Las copias "
                            "en el propio equipo no se ven afectadas. El operador del "
                            "equipo lo sabe. La página de confianza del portal muestra "
                            "cómo está."),
                        STR("Ver la página de confianza") },
                [LETTER_WELL_AGAIN] = { STR("Las copias de %s vuelven a estar en orden"),
                        STR("lo que se le escribió sobre las copias del portal de "
                            "documentación %s ha terminado. La página de confianza del "
                            "portal muestra cómo está."),
                        STR("Ver la página de confianza") },
        },
};

static const struct letter_words arabic = {
        .lang = STR("ar"),
        .rtl = true,
        .hello = STR("مرحبًا،"),
        .hello_name = STR("مرحبًا %s،"),
        .once = STR("يعمل الرابط مرة واحدة حتى %s."),
        .ignore = STR("إن لم تكن تنتظر هذه الرسالة فتجاهلها: لا يحدث شيء من دون الرابط."),
        .sender = STR("أُرسلت هذه الرسالة من بوابة التوثيق %s."),
        .kinds = {
                [LETTER_SETUP] = { STR("جهّز بوابتك %s"),
                        STR("أُنشئت بوابة التوثيق %s من أجلك. اختر كلمة مرور ليصبح الحساب الأول "
                            "لك."),
                        STR("تجهيز البوابة") },
                [LETTER_INVITE_AUTHOR] = { STR("دعوة إلى الكتابة في %s"),
                        STR("أنت مدعو إلى الكتابة في بوابة التوثيق %s. اختر كلمة مرور للبدء."),
                        STR("قبول الدعوة") },
                [LETTER_INVITE_REVIEWER] = { STR("دعوة إلى المراجعة في %s"),
                        STR("أنت مدعو إلى المراجعة في بوابة التوثيق %s. اختر كلمة مرور للبدء."),
                        STR("قبول الدعوة") },
                [LETTER_INVITE_READER] = { STR("دعوة إلى قراءة %s"),
                        STR("أنت مدعو إلى قراءة ما ليس عامًّا في بوابة التوثيق %s. اختر كلمة "
                            "مرور للبدء."),
                        STR("قبول الدعوة") },
                [LETTER_RESET] = { STR("كلمة مرور جديدة في %s"),
                        STR("طلب أحدهم كلمة مرور جديدة لحسابك في بوابة التوثيق %s. تبقى القديمة "
                            "صالحة إلى أن تختار غيرها."), STR("اختيار كلمة مرور جديدة") },
                [LETTER_PASSWORD_CHANGED] = { STR("غُيّرت كلمة مرورك في %s"),
                        STR("غُيّرت كلمة مرور حسابك في بوابة التوثيق %s وأُنهيت كل الجلسات "
                            "الأخرى. إن لم تفعل ذلك بنفسك فاتصل فورًا بأحد مديري البوابة."),
                        STR("الذهاب إلى البوابة") },
                [LETTER_DISABLED] = { STR("عُطّل حسابك في %s"),
                        STR("عُطّل حسابك في بوابة التوثيق %s. إن كانت لديك أسئلة فاتصل بأحد "
                            "مديري البوابة."),
                        STR("الذهاب إلى البوابة") },
                [LETTER_FACTOR_ADDED] = { STR("أُعدّ عامل ثانٍ لحسابك في %s"),
                        STR("أُعدّ تطبيق مصادقة لحسابك في بوابة التوثيق %s وأُنهيت كل "
                            "الجلسات الأخرى. إن لم تفعل ذلك بنفسك فاتصل فورًا بأحد مديري "
                            "البوابة."),
                        STR("الذهاب إلى البوابة") },
                [LETTER_FACTOR_REMOVED] = { STR("أُزيل العامل الثاني لحسابك في %s"),
                        STR("أُزيل العامل الثاني لحسابك في بوابة التوثيق %s. إن لم ترغب في "
                            "ذلك فاتصل فورًا بأحد مديري البوابة."),
                        STR("الذهاب إلى البوابة") },
                [LETTER_PASSKEY_ADDED] = { STR("أُضيف مفتاح مرور إلى حسابك في %s"),
                        STR("أُضيف مفتاح مرور إلى حسابك في بوابة التوثيق %s وأُنهيت كل "
                            "الجلسات الأخرى. إن لم تفعل ذلك بنفسك فاتصل فورًا بأحد مديري "
                            "البوابة."),
                        STR("الذهاب إلى البوابة") },
                [LETTER_PASSKEY_REMOVED] = { STR("أُزيل مفتاح مرور من حسابك في %s"),
                        STR("أُزيل مفتاح مرور من حسابك في بوابة التوثيق %s وأُنهيت كل "
                            "الجلسات الأخرى. إن لم تفعل ذلك بنفسك فاتصل فورًا بأحد مديري "
                            "البوابة."),
                        STR("الذهاب إلى البوابة") },
                [LETTER_BACKUP_LATE] = { STR("تأخرت نسخة %s الاحتياطية"),
                        STR("ليس لبوابة التوثيق %s نسخة احتياطية سليمة منذ أكثر من 26 "
                            "ساعة. محتواها موجود ويمكن استعماله، ونسخها الأقدم باقية. "
                            "وقد أُبلغ مشغّل المضيف. تبيّن صفحة الثقة في البوابة كيف "
                            "حالها."),
                        STR("انظر صفحة الثقة") },
                [LETTER_TRIAL_FAILED] = { STR("لم تجتز نسخة من %s تجربتها"),
                        STR("لم تُعد نسخة احتياطية من بوابة التوثيق %s، عند استعادتها "
                            "التجريبية، ما وُضع فيها. فهي لا تُحتسب، والنسخ الأقدم "
                            "باقية. وقد أُبلغ مشغّل المضيف. تبيّن صفحة الثقة في البوابة "
                            "كيف حالها."),
                        STR("انظر صفحة الثقة") },
                [LETTER_DAMAGED] = { STR("وُجد تلف في %s"),
                        STR("وجد الفحص اليومي لبوابة التوثيق %s تلفًا في قاعدة بياناتها. "
                            "نسخها الأحدث لا تُحتسب، والأقدم باقية. وقد أُبلغ مشغّل "
                            "المضيف ويمكنه استعادة نسخة سليمة. تبيّن صفحة الثقة في "
                            "البوابة كيف حالها."),
                        STR("انظر صفحة الثقة") },
                [LETTER_COPY_LATE] = { STR("تأخرت نسخ %s في المكان الآخر"),
                        STR("ليس لأي نسخة احتياطية من بوابة التوثيق %s في آخر 26 ساعة "
                            "نسخةٌ في مكان آخر بعد. لا يمس ذلك النسخ على المضيف نفسه. "
                            "وقد أُبلغ مشغّل المضيف. تبيّن صفحة الثقة في البوابة كيف "
                            "حالها."),
                        STR("انظر صفحة الثقة") },
                [LETTER_WELL_AGAIN] = { STR("عادت نسخ %s الاحتياطية إلى حالها"),
                        STR("ما كُتب إليك عن النسخ الاحتياطية لبوابة التوثيق %s انتهى. "
                            "تبيّن صفحة الثقة في البوابة كيف حالها."),
                        STR("انظر صفحة الثقة") },
        },
};

static const struct letter_words hebrew = {
        .lang = STR("he"),
        .rtl = true,
        .hello = STR("שלום,"),
        .hello_name = STR("שלום %s,"),
        .once = STR("הקישור פועל פעם אחת, עד %s."),
        .ignore = STR("אם לא ציפיתם למכתב הזה, אפשר להתעלם ממנו: בלי הקישור לא קורה דבר."),
        .sender = STR("המכתב נשלח מפורטל התיעוד %s."),
        .kinds = {
                [LETTER_SETUP] = { STR("הקמת הפורטל %s"),
                        STR("פורטל התיעוד %s הוקם בשבילכם. בחרו סיסמה, והחשבון הראשון בו שלכם."),
                        STR("הקמת הפורטל") },
                [LETTER_INVITE_AUTHOR] = { STR("הזמנה לכתוב ב־%s"),
                        STR("הוזמנתם לכתוב בפורטל התיעוד %s. כדי להתחיל, בחרו סיסמה."),
                        STR("קבלת ההזמנה") },
                [LETTER_INVITE_REVIEWER] = { STR("הזמנה לסקור ב־%s"),
                        STR("הוזמנתם לסקור בפורטל התיעוד %s. כדי להתחיל, בחרו סיסמה."),
                        STR("קבלת ההזמנה") },
                [LETTER_INVITE_READER] = { STR("הזמנה לקרוא את %s"),
                        STR("הוזמנתם לקרוא את מה שאינו ציבורי בפורטל התיעוד %s. כדי להתחיל, בחרו "
                            "סיסמה."),
                        STR("קבלת ההזמנה") },
                [LETTER_RESET] = { STR("סיסמה חדשה ל־%s"),
                        STR("מישהו ביקש סיסמה חדשה לחשבון שלכם בפורטל התיעוד %s. עד שתבחרו אחת, "
                            "הישנה בתוקף."),
                        STR("בחירת סיסמה חדשה") },
                [LETTER_PASSWORD_CHANGED] = { STR("הסיסמה שלכם ל־%s שונתה"),
                        STR("הסיסמה של החשבון שלכם בפורטל התיעוד %s שונתה, וכל שאר ההתחברויות "
                            "הסתיימו. אם לא אתם עשיתם זאת, פנו מיד למנהלי הפורטל."),
                        STR("אל הפורטל") },
                [LETTER_DISABLED] = { STR("החשבון שלכם ב־%s הושבת"),
                        STR("החשבון שלכם בפורטל התיעוד %s הושבת. בשאלות אפשר לפנות למנהלי הפורטל."),
                        STR("אל הפורטל") },
                [LETTER_FACTOR_ADDED] = { STR("הוגדר אימות נוסף ל־%s"),
                        STR("יישום אימות הוגדר לחשבון שלכם בפורטל התיעוד %s, וכל שאר "
                            "ההתחברויות הסתיימו. אם לא אתם עשיתם זאת, פנו מיד למנהלי הפורטל."),
                        STR("אל הפורטל") },
                [LETTER_FACTOR_REMOVED] = { STR("האימות הנוסף שלכם ל־%s הוסר"),
                        STR("האימות הנוסף של החשבון שלכם בפורטל התיעוד %s הוסר. אם לא רציתם "
                            "בכך, פנו מיד למנהלי הפורטל."),
                        STR("אל הפורטל") },
                [LETTER_PASSKEY_ADDED] = { STR("נוסף מפתח גישה ל־%s"),
                        STR("מפתח גישה נוסף לחשבון שלכם בפורטל התיעוד %s, וכל שאר ההתחברויות "
                            "הסתיימו. אם לא אתם עשיתם זאת, פנו מיד למנהלי הפורטל."),
                        STR("אל הפורטל") },
                [LETTER_PASSKEY_REMOVED] = { STR("מפתח גישה ל־%s הוסר"),
                        STR("מפתח גישה של החשבון שלכם בפורטל התיעוד %s הוסר, וכל שאר "
                            "ההתחברויות הסתיימו. אם לא אתם עשיתם זאת, פנו מיד למנהלי הפורטל."),
                        STR("אל הפורטל") },
                [LETTER_BACKUP_LATE] = { STR("גיבוי של %s מתעכב"),
                        STR("לפורטל התיעוד %s אין גיבוי תקין כבר יותר מ-26 שעות. התוכן "
                            "שלו קיים ואפשר להשתמש בו, והגיבויים הישנים יותר נשארים. "
                            "מפעיל השרת יודע על כך. דף האמון של הפורטל מראה מה המצב."),
                        STR("לדף האמון") },
                [LETTER_TRIAL_FAILED] = { STR("גיבוי של %s נכשל בשחזור הניסיון"),
                        STR("גיבוי של פורטל התיעוד %s לא החזיר, בשחזור הניסיון שלו, את "
                            "מה שהוכנס אליו. הוא אינו נחשב, והגיבויים הישנים יותר "
                            "נשארים. מפעיל השרת יודע על כך. דף האמון של הפורטל מראה מה "
                            "המצב."),
                        STR("לדף האמון") },
                [LETTER_DAMAGED] = { STR("נמצא נזק ב-%s"),
                        STR("הבדיקה היומית של פורטל התיעוד %s מצאה נזק במסד הנתונים שלו. "
                            "הגיבויים החדשים שלו אינם נחשבים, והישנים נשארים. מפעיל השרת "
                            "יודע על כך ויכול לשחזר גיבוי תקין. דף האמון של הפורטל מראה "
                            "מה המצב."),
                        STR("לדף האמון") },
                [LETTER_COPY_LATE] = { STR("עותקים של %s במקום אחר מתעכבים"),
                        STR("לאף גיבוי של פורטל התיעוד %s מ-26 השעות האחרונות אין עדיין "
                            "עותק במקום אחר. הגיבויים בשרת עצמו אינם מושפעים מכך. מפעיל "
                            "השרת יודע על כך. דף האמון של הפורטל מראה מה המצב."),
                        STR("לדף האמון") },
                [LETTER_WELL_AGAIN] = { STR("הגיבויים של %s שוב תקינים"),
                        STR("מה שנכתב לך על הגיבויים של פורטל התיעוד %s הסתיים. דף האמון "
                            "של הפורטל מראה מה המצב."),
                        STR("לדף האמון") },
        },
};

const struct letter_words *const letter_tables[] = { &english, &german, &french, &spanish, &arabic, &hebrew };
const size_t letter_ntables = sizeof letter_tables / sizeof letter_tables[0];

const struct letter_words *letter_words_for(struct str language)
{
        struct str primary = str_cut(&language, '-');

        /* "iw" is what Hebrew was called before 1989. */
        if (str_eq_nocase(primary, STR("iw")))
                primary = STR("he");
        for (size_t i = 0; i < letter_ntables; i++)
                if (str_eq_nocase(primary, letter_tables[i]->lang))
                        return letter_tables[i];
        return letter_tables[0];
}

void letter_fill(struct buf *out, struct str text, struct str what, bool isolate)
{
        ptrdiff_t at = str_find_str(text, STR("%s"));

        if (at < 0) {
                buf_add_str(out, text);
                return;
        }
        buf_add(out, text.p, (size_t)at);
        if (isolate)
                BUF_LIT(out, "\xe2\x81\xa8");   /* first strong isolate, U+2068 */
        buf_add_str(out, what);
        if (isolate)
                BUF_LIT(out, "\xe2\x81\xa9");   /* pop directional isolate, U+2069 */
        buf_add(out, text.p + at + 2, text.n - (size_t)at - 2);
}
