/*
 * token_words.c -- the words of the pages about API tokens. A unit test fails while a language or a word of
 * it is missing.
 */
#include "page/token_words.h"

#include "base/attr.h"
#include "page/words.h"

static const struct token_words english = {
        .lang = STR("en"),
        .title = STR("API tokens"),
        .lead = STR("A token lets a program use this portal in your name, until a day and within the "
                    "limits you choose."),
        .none = STR("You have no token."),
        .make = STR("Make a token"),
        .name = STR("What it is for"),
        .name_hint = STR("Only you and the administrators see this."),
        .scopes = STR("What it may do"),
        .expires = STR("Last day"),
        .expires_hint = STR("The token ends with this day, UTC; 366 days ahead at most."),
        .made = STR("The token is made. It is shown this once, so copy it now and keep it as you keep "
                    "a password."),
        .token = STR("Your token"),
        .revoke = STR("Revoke"),
        .revoked = STR("That token works no more."),
        .works_until = STR("Works until"),
        .ended = STR("Ended on"),
        .used = STR("Last used"),
        .unused = STR("Never used"),
        .back = STR("Back to your account"),
        .content_read = STR("Read what you may read"),
        .projects_read = STR("Read the authors’ working copy"),
        .people_read = STR("See people, groups, rights and tokens"),
        .people_write = STR("Change people, groups, rights and tokens"),
        .log_read = STR("Read the portal’s log"),
        .settings_read = STR("See settings and providers of sign-on"),
        .settings_write = STR("Change settings and providers of sign-on"),
};

static const struct token_words german = {
        .lang = STR("de"),
        .title = STR("API-Tokens"),
        .lead = STR("Mit einem Token nutzt ein Programm dieses Portal in Ihrem Namen, bis zu einem Tag "
                    "und in den Grenzen, die Sie wählen."),
        .none = STR("Sie haben kein Token."),
        .make = STR("Token erstellen"),
        .name = STR("Wofür es ist"),
        .name_hint = STR("Das sehen nur Sie und die Administratoren."),
        .scopes = STR("Was es darf"),
        .expires = STR("Letzter Tag"),
        .expires_hint = STR("Das Token endet mit diesem Tag (UTC), spätestens in 366 Tagen."),
        .made = STR("Das Token ist erstellt. Es wird nur dieses eine Mal gezeigt: Kopieren Sie es jetzt "
                    "und verwahren Sie es wie ein Passwort."),
        .token = STR("Ihr Token"),
        .revoke = STR("Widerrufen"),
        .revoked = STR("Dieses Token gilt nicht mehr."),
        .works_until = STR("Gilt bis"),
        .ended = STR("Abgelaufen am"),
        .used = STR("Zuletzt benutzt"),
        .unused = STR("Nie benutzt"),
        .back = STR("Zurück zum Konto"),
        .content_read = STR("Lesen, was Sie lesen dürfen"),
        .projects_read = STR("Die Arbeitsfassung der Autoren lesen"),
        .people_read = STR("Personen, Gruppen, Rechte und Tokens sehen"),
        .people_write = STR("Personen, Gruppen, Rechte und Tokens ändern"),
        .log_read = STR("Das Protokoll des Portals lesen"),
        .settings_read = STR("Einstellungen und Anmeldedienste sehen"),
        .settings_write = STR("Einstellungen und Anmeldedienste ändern"),
};

static const struct token_words french = {
        .lang = STR("fr"),
        .title = STR("Jetons d’API"),
        .lead = STR("Avec un jeton, un programme utilise ce portail en votre nom, jusqu’à une date et "
                    "dans les limites que vous choisissez."),
        .none = STR("Vous n’avez aucun jeton."),
        .make = STR("Créer un jeton"),
        .name = STR("À quoi il sert"),
        .name_hint = STR("Seuls vous et les administrateurs le voient."),
        .scopes = STR("Ce qu’il permet"),
        .expires = STR("Dernier jour"),
        .expires_hint = STR("Le jeton prend fin avec ce jour (UTC), dans 366 jours au plus."),
        .made = STR("Le jeton est créé. Il n’est affiché que cette fois : copiez-le maintenant et "
                    "gardez-le comme un mot de passe."),
        .token = STR("Votre jeton"),
        .revoke = STR("Révoquer"),
        .revoked = STR("Ce jeton n’est plus valable."),
        .works_until = STR("Valable jusqu’au"),
        .ended = STR("Expiré le"),
        .used = STR("Dernière utilisation"),
        .unused = STR("Jamais utilisé"),
        .back = STR("Retour à votre compte"),
        .content_read = STR("Lire ce que vous pouvez lire"),
        .projects_read = STR("Lire la copie de travail des auteurs"),
        .people_read = STR("Voir les personnes, groupes, droits et jetons"),
        .people_write = STR("Modifier les personnes, groupes, droits et jetons"),
        .log_read = STR("Lire le journal du portail"),
        .settings_read = STR("Voir les réglages et les fournisseurs de connexion"),
        .settings_write = STR("Modifier les réglages et les fournisseurs de connexion"),
};

static const struct token_words spanish = {
        .lang = STR("es"),
        .title = STR("Tokens de API"),
        .lead = STR("Con un token, un programa usa este portal en su nombre, hasta un día y dentro de "
                    "los límites que usted elija."),
        .none = STR("No tiene ningún token."),
        .make = STR("Crear un token"),
        .name = STR("Para qué es"),
        .name_hint = STR("Solo lo ven usted y los administradores."),
        .scopes = STR("Qué puede hacer"),
        .expires = STR("Último día"),
        .expires_hint = STR("El token termina con ese día (UTC), como máximo dentro de 366 días."),
        .made = STR("El token está creado. Solo se muestra esta vez: cópielo ahora y guárdelo como una "
                    "contraseña."),
        .token = STR("Su token"),
        .revoke = STR("Revocar"),
        .revoked = STR("Ese token ya no sirve."),
        .works_until = STR("Vale hasta el"),
        .ended = STR("Caducó el"),
        .used = STR("Último uso"),
        .unused = STR("Nunca usado"),
        .back = STR("Volver a su cuenta"),
        .content_read = STR("Leer lo que usted puede leer"),
        .projects_read = STR("Leer la copia de trabajo de los autores"),
        .people_read = STR("Ver personas, grupos, derechos y tokens"),
        .people_write = STR("Cambiar personas, grupos, derechos y tokens"),
        .log_read = STR("Leer el registro del portal"),
        .settings_read = STR("Ver los ajustes y los proveedores de acceso"),
        .settings_write = STR("Cambiar los ajustes y los proveedores de acceso"),
};

static const struct token_words arabic = {
        .lang = STR("ar"),
        .title = STR("رموز واجهة البرمجة"),
        .lead = STR("يتيح الرمز لبرنامج أن يستخدم هذه البوابة باسمك، حتى يوم معيّن وضمن الحدود التي "
                    "تختارها."),
        .none = STR("ليس لديك أي رمز."),
        .make = STR("إنشاء رمز"),
        .name = STR("الغرض منه"),
        .name_hint = STR("لا يراه إلا أنت والمسؤولون."),
        .scopes = STR("ما يُسمح له به"),
        .expires = STR("اليوم الأخير"),
        .expires_hint = STR("ينتهي الرمز بنهاية هذا اليوم بالتوقيت العالمي، وخلال 366 يومًا على الأكثر."),
        .made = STR("أُنشئ الرمز. لن يظهر إلا هذه المرة، فانسخه الآن واحفظه كما تحفظ كلمة المرور."),
        .token = STR("رمزك"),
        .revoke = STR("إلغاء"),
        .revoked = STR("لم يعد هذا الرمز صالحًا."),
        .works_until = STR("صالح حتى"),
        .ended = STR("انتهى في"),
        .used = STR("آخر استخدام"),
        .unused = STR("لم يُستخدم قط"),
        .back = STR("العودة إلى حسابك"),
        .content_read = STR("قراءة ما يُسمح لك بقراءته"),
        .projects_read = STR("قراءة نسخة العمل الخاصة بالمؤلفين"),
        .people_read = STR("رؤية الأشخاص والمجموعات والصلاحيات والرموز"),
        .people_write = STR("تغيير الأشخاص والمجموعات والصلاحيات والرموز"),
        .log_read = STR("قراءة سجل البوابة"),
        .settings_read = STR("رؤية الإعدادات وموفّري تسجيل الدخول"),
        .settings_write = STR("تغيير الإعدادات وموفّري تسجيل الدخول"),
};

static const struct token_words hebrew = {
        .lang = STR("he"),
        .title = STR("אסימוני API"),
        .lead = STR("אסימון מאפשר לתוכנה להשתמש בפורטל הזה בשמך, עד יום מסוים ובגבולות שבחרת."),
        .none = STR("אין לך אסימון."),
        .make = STR("יצירת אסימון"),
        .name = STR("למה הוא משמש"),
        .name_hint = STR("רק לך ולמנהלים הדבר גלוי."),
        .scopes = STR("מה מותר לו"),
        .expires = STR("היום האחרון"),
        .expires_hint = STR("האסימון מסתיים בסוף היום הזה לפי שעון UTC, בתוך 366 ימים לכל היותר."),
        .made = STR("האסימון נוצר. הוא מוצג רק הפעם, ולכן יש להעתיק אותו עכשיו ולשמור עליו כמו על סיסמה."),
        .token = STR("האסימון שלך"),
        .revoke = STR("ביטול"),
        .revoked = STR("האסימון הזה כבר אינו תקף."),
        .works_until = STR("תקף עד"),
        .ended = STR("הסתיים ב־"),
        .used = STR("שימוש אחרון"),
        .unused = STR("לא נעשה בו שימוש"),
        .back = STR("חזרה לחשבון שלך"),
        .content_read = STR("קריאת מה שמותר לך לקרוא"),
        .projects_read = STR("קריאת עותק העבודה של הכותבים"),
        .people_read = STR("צפייה באנשים, בקבוצות, בהרשאות ובאסימונים"),
        .people_write = STR("שינוי אנשים, קבוצות, הרשאות ואסימונים"),
        .log_read = STR("קריאת יומן הפורטל"),
        .settings_read = STR("צפייה בהגדרות ובספקי ההתחברות"),
        .settings_write = STR("שינוי ההגדרות וספקי ההתחברות"),
};

const struct token_words *const token_words_tables[] = {
        &english, &german, &french, &spanish, &arabic, &hebrew,
};
const size_t token_words_ntables = ARRAY_LEN(token_words_tables);

const struct token_words *token_words_for(struct str lang)
{
        struct str chosen = words_for(lang)->lang;

        for (size_t i = 0; i < token_words_ntables; i++)
                if (str_eq(token_words_tables[i]->lang, chosen))
                        return token_words_tables[i];
        return token_words_tables[0];
}

struct str token_words_scope(const struct token_words *t, struct str scope)
{
        const struct {
                const char *scope;
                struct str words;
        } table[] = {
                { "content.read", t->content_read }, { "projects.read", t->projects_read },
                { "people.read", t->people_read },   { "people.write", t->people_write },
                { "log.read", t->log_read },         { "settings.read", t->settings_read },
                { "settings.write", t->settings_write },
        };

        for (size_t i = 0; i < ARRAY_LEN(table); i++)
                if (str_is(scope, table[i].scope))
                        return table[i].words;
        return scope;
}
