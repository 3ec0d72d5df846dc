/*
 * words.c -- six languages of interface words; adding one is adding a table here.
 */
#include "page/words.h"

#include <time.h>

static const struct words english = {
        .lang = STR("en"),
        .skip = STR("Skip to main content"),
        .contents = STR("Contents"),
        .close = STR("Close"),
        .within = STR("topics in this section"),
        .breadcrumb = STR("Breadcrumb"),
        .on_this_page = STR("On this page"),
        .pager = STR("Previous and next topic"),
        .previous = STR("Previous"),
        .next = STR("Next"),
        .updated = STR("Updated"),
        .version = STR("Version"),
        .markdown = STR("View as Markdown"),
        .theme = STR("Colour theme"),
        .theme_auto = STR("Automatic"),
        .theme_light = STR("Light"),
        .theme_dark = STR("Dark"),
        .copy = STR("Copy"),
        .copied = STR("Copied to the clipboard"),
        .copy_failed = STR("Copying failed: select the text and copy it yourself"),
        .published_with = STR("Published with"),
        .trust = STR("Trust"),
        .publications = STR("Publications"),
        .topics = STR("Topics"),
        .empty_title = STR("Nothing is published yet"),
        .empty_text = STR("As soon as an author publishes a project, it appears here. "
                          "Please come back later."),
        .to_home = STR("Go to the home page"),
        .trust_intro = STR("This page says how the portal you are reading is kept apart from every "
                           "other portal on the same machine. It is read from the running "
                           "program, not from a brochure."),
        .isolation = STR("Isolation"),
        .isolation_strict = STR("Strict: every layer below is required. If one is missing, the "
                                "portal does not start."),
        .isolation_standard = STR("Standard: this host runs without administrator rights, so some "
                                  "layers are not available to it."),
        .layer = STR("Layer"),
        .state = STR("State"),
        .detail = STR("What it does"),
        .on = STR("On"),
        .off = STR("Off"),
        .date = STR("%d %m %y"),
        .months = { STR("January"), STR("February"), STR("March"), STR("April"), STR("May"),
                    STR("June"), STR("July"), STR("August"), STR("September"), STR("October"),
                    STR("November"), STR("December") },
};

static const struct words german = {
        .lang = STR("de"),
        .skip = STR("Zum Inhalt springen"),
        .contents = STR("Inhalt"),
        .close = STR("Schließen"),
        .within = STR("Themen in diesem Abschnitt"),
        .breadcrumb = STR("Brotkrumen"),
        .on_this_page = STR("Auf dieser Seite"),
        .pager = STR("Voriges und nächstes Thema"),
        .previous = STR("Zurück"),
        .next = STR("Weiter"),
        .updated = STR("Aktualisiert"),
        .version = STR("Version"),
        .markdown = STR("Als Markdown ansehen"),
        .theme = STR("Farbschema"),
        .theme_auto = STR("Automatisch"),
        .theme_light = STR("Hell"),
        .theme_dark = STR("Dunkel"),
        .copy = STR("Kopieren"),
        .copied = STR("In die Zwischenablage kopiert"),
        .copy_failed = STR("Kopieren ging nicht: bitte den Text selbst markieren und kopieren"),
        .published_with = STR("Veröffentlicht mit"),
        .trust = STR("Vertrauen"),
        .publications = STR("Veröffentlichungen"),
        .topics = STR("Themen"),
        .empty_title = STR("Noch ist nichts veröffentlicht"),
        .empty_text = STR("Sobald ein Projekt veröffentlicht ist, erscheint es hier. "
                          "Schauen Sie bitte später wieder vorbei."),
        .to_home = STR("Zur Startseite"),
        .trust_intro = STR("Diese Seite sagt, wie das Portal, das Sie gerade lesen, von allen "
                           "anderen Portalen derselben Maschine getrennt ist. Sie kommt aus dem "
                           "laufenden Programm, nicht aus einem Prospekt."),
        .isolation = STR("Trennung"),
        .isolation_strict = STR("Streng: Jede der Schichten unten ist Pflicht. Fehlt eine, "
                                "startet das Portal nicht."),
        .isolation_standard = STR("Standard: Dieser Rechner läuft ohne Administratorrechte, daher "
                                  "stehen ihm manche Schichten nicht zur Verfügung."),
        .layer = STR("Schicht"),
        .state = STR("Zustand"),
        .detail = STR("Was sie tut"),
        .on = STR("An"),
        .off = STR("Aus"),
        .date = STR("%d. %m %y"),
        .months = { STR("Januar"), STR("Februar"), STR("März"), STR("April"), STR("Mai"),
                    STR("Juni"), STR("Juli"), STR("August"), STR("September"), STR("Oktober"),
                    STR("November"), STR("Dezember") },
};

static const struct words french = {
        .lang = STR("fr"),
        .skip = STR("Aller au contenu principal"),
        .contents = STR("Sommaire"),
        .close = STR("Fermer"),
        .within = STR("sujets de cette section"),
        .breadcrumb = STR("Fil d’Ariane"),
        .on_this_page = STR("Sur cette page"),
        .pager = STR("Sujets précédent et suivant"),
        .previous = STR("Précédent"),
        .next = STR("Suivant"),
        .updated = STR("Mis à jour"),
        .version = STR("Version"),
        .markdown = STR("Voir en Markdown"),
        .theme = STR("Thème de couleurs"),
        .theme_auto = STR("Automatique"),
        .theme_light = STR("Clair"),
        .theme_dark = STR("Sombre"),
        .copy = STR("Copier"),
        .copied = STR("Copié dans le presse-papiers"),
        .copy_failed = STR("La copie a échoué : sélectionnez le texte et copiez-le vous-même"),
        .published_with = STR("Publié avec"),
        .trust = STR("Confiance"),
        .publications = STR("Publications"),
        .topics = STR("Sujets"),
        .empty_title = STR("Rien n’est encore publié"),
        .empty_text = STR("Dès qu’un projet sera publié, il apparaîtra ici. "
                          "Revenez un peu plus tard."),
        .to_home = STR("Aller à la page d’accueil"),
        .trust_intro = STR("Cette page explique comment le portail que vous lisez est séparé de "
                           "tous les autres portails de la même machine. Elle provient du "
                           "programme en marche, pas d’une brochure."),
        .isolation = STR("Isolation"),
        .isolation_strict = STR("Stricte : chacune des couches ci-dessous est obligatoire. S’il en "
                                "manque une, le portail ne démarre pas."),
        .isolation_standard = STR("Standard : cet hôte fonctionne sans droits d’administrateur, "
                                  "certaines couches ne lui sont donc pas accessibles."),
        .layer = STR("Couche"),
        .state = STR("État"),
        .detail = STR("Ce qu’elle fait"),
        .on = STR("Active"),
        .off = STR("Inactive"),
        .date = STR("%d %m %y"),
        .months = { STR("janvier"), STR("février"), STR("mars"), STR("avril"), STR("mai"),
                    STR("juin"), STR("juillet"), STR("août"), STR("septembre"), STR("octobre"),
                    STR("novembre"), STR("décembre") },
};

static const struct words spanish = {
        .lang = STR("es"),
        .skip = STR("Ir al contenido principal"),
        .contents = STR("Contenido"),
        .close = STR("Cerrar"),
        .within = STR("temas de esta sección"),
        .breadcrumb = STR("Ruta de navegación"),
        .on_this_page = STR("En esta página"),
        .pager = STR("Tema anterior y siguiente"),
        .previous = STR("Anterior"),
        .next = STR("Siguiente"),
        .updated = STR("Actualizado"),
        .version = STR("Versión"),
        .markdown = STR("Ver como Markdown"),
        .theme = STR("Tema de color"),
        .theme_auto = STR("Automático"),
        .theme_light = STR("Claro"),
        .theme_dark = STR("Oscuro"),
        .copy = STR("Copiar"),
        .copied = STR("Copiado al portapapeles"),
        .copy_failed = STR("No se pudo copiar: seleccione el texto y cópielo"),
        .published_with = STR("Publicado con"),
        .trust = STR("Confianza"),
        .publications = STR("Publicaciones"),
        .topics = STR("Temas"),
        .empty_title = STR("Todavía no hay nada publicado"),
        .empty_text = STR("En cuanto se publique un proyecto, aparecerá aquí. "
                          "Vuelva más tarde, por favor."),
        .to_home = STR("Ir a la página de inicio"),
        .trust_intro = STR("Esta página explica cómo el portal que está leyendo se mantiene "
                           "separado de los demás portales de la misma máquina. Procede del "
                           "programa en marcha, no de un folleto."),
        .isolation = STR("Aislamiento"),
        .isolation_strict = STR("Estricto: todas las capas siguientes son obligatorias. Si falta "
                                "una, el portal no arranca."),
        .isolation_standard = STR("Estándar: este equipo funciona sin permisos de administrador, "
                                  "por lo que algunas capas no están disponibles."),
        .layer = STR("Capa"),
        .state = STR("Estado"),
        .detail = STR("Qué hace"),
        .on = STR("Activa"),
        .off = STR("Inactiva"),
        .date = STR("%d de %m de %y"),
        .months = { STR("enero"), STR("febrero"), STR("marzo"), STR("abril"), STR("mayo"),
                    STR("junio"), STR("julio"), STR("agosto"), STR("septiembre"), STR("octubre"),
                    STR("noviembre"), STR("diciembre") },
};

static const struct words arabic = {
        .lang = STR("ar"),
        .skip = STR("انتقل إلى المحتوى الرئيسي"),
        .contents = STR("المحتويات"),
        .close = STR("إغلاق"),
        .within = STR("مواضيع هذا القسم"),
        .breadcrumb = STR("مسار التنقل"),
        .on_this_page = STR("في هذه الصفحة"),
        .pager = STR("الموضوع السابق والتالي"),
        .previous = STR("السابق"),
        .next = STR("التالي"),
        .updated = STR("آخر تحديث"),
        .version = STR("الإصدار"),
        .markdown = STR("عرض بصيغة Markdown"),
        .theme = STR("مظهر الألوان"),
        .theme_auto = STR("تلقائي"),
        .theme_light = STR("فاتح"),
        .theme_dark = STR("داكن"),
        .copy = STR("نسخ"),
        .copied = STR("نُسخ إلى الحافظة"),
        .copy_failed = STR("تعذّر النسخ: حدّد النص وانسخه بنفسك"),
        .published_with = STR("نُشر بواسطة"),
        .trust = STR("الثقة"),
        .publications = STR("المنشورات"),
        .topics = STR("المواضيع"),
        .empty_title = STR("لم يُنشر شيء بعد"),
        .empty_text = STR("سيظهر المشروع هنا فور نشره. يُرجى العودة لاحقًا."),
        .to_home = STR("الذهاب إلى الصفحة الرئيسية"),
        .trust_intro = STR("توضّح هذه الصفحة كيف يُفصل الموقع الذي تقرؤه عن سائر المواقع على "
                           "الجهاز نفسه. مصدرها البرنامج العامل نفسه لا نشرة دعائية."),
        .isolation = STR("العزل"),
        .isolation_strict = STR("صارم: كل طبقة من الطبقات أدناه إلزامية. إذا غابت واحدة فلن يبدأ "
                                "الموقع العمل."),
        .isolation_standard = STR("عادي: يعمل هذا المضيف دون صلاحيات المدير، لذلك لا تتوفر له بعض "
                                  "الطبقات."),
        .layer = STR("الطبقة"),
        .state = STR("الحالة"),
        .detail = STR("وظيفتها"),
        .on = STR("مفعّلة"),
        .off = STR("غير مفعّلة"),
        .date = STR("%d %m %y"),
        .months = { STR("يناير"), STR("فبراير"), STR("مارس"), STR("أبريل"), STR("مايو"),
                    STR("يونيو"), STR("يوليو"), STR("أغسطس"), STR("سبتمبر"), STR("أكتوبر"),
                    STR("نوفمبر"), STR("ديسمبر") },
};

static const struct words hebrew = {
        .lang = STR("he"),
        .skip = STR("דילוג לתוכן הראשי"),
        .contents = STR("תוכן העניינים"),
        .close = STR("סגירה"),
        .within = STR("נושאים בפרק זה"),
        .breadcrumb = STR("נתיב ניווט"),
        .on_this_page = STR("בעמוד זה"),
        .pager = STR("הנושא הקודם והנושא הבא"),
        .previous = STR("הקודם"),
        .next = STR("הבא"),
        .updated = STR("עודכן"),
        .version = STR("גרסה"),
        .markdown = STR("הצגה כ־Markdown"),
        .theme = STR("ערכת צבעים"),
        .theme_auto = STR("אוטומטית"),
        .theme_light = STR("בהירה"),
        .theme_dark = STR("כהה"),
        .copy = STR("העתקה"),
        .copied = STR("הועתק ללוח"),
        .copy_failed = STR("ההעתקה נכשלה: יש לסמן את הטקסט ולהעתיק אותו ידנית"),
        .published_with = STR("פורסם באמצעות"),
        .trust = STR("אמון"),
        .publications = STR("פרסומים"),
        .topics = STR("נושאים"),
        .empty_title = STR("עדיין לא פורסם דבר"),
        .empty_text = STR("ברגע שיפורסם פרויקט, הוא יופיע כאן. נא לחזור מאוחר יותר."),
        .to_home = STR("לעמוד הבית"),
        .trust_intro = STR("עמוד זה מסביר כיצד האתר שלפניך מופרד מכל אתר אחר באותו מחשב. "
                           "המידע מגיע מהתוכנה הפועלת ולא מעלון פרסומי."),
        .isolation = STR("בידוד"),
        .isolation_strict = STR("קפדני: כל השכבות שלהלן הן חובה. אם חסרה אחת מהן, האתר אינו עולה."),
        .isolation_standard = STR("רגיל: שרת זה פועל ללא הרשאות מנהל, ולכן חלק מהשכבות אינן זמינות "
                                  "לו."),
        .layer = STR("שכבה"),
        .state = STR("מצב"),
        .detail = STR("תפקידה"),
        .on = STR("פעילה"),
        .off = STR("כבויה"),
        .date = STR("%d ב%m %y"),
        .months = { STR("ינואר"), STR("פברואר"), STR("מרץ"), STR("אפריל"), STR("מאי"),
                    STR("יוני"), STR("יולי"), STR("אוגוסט"), STR("ספטמבר"), STR("אוקטובר"),
                    STR("נובמבר"), STR("דצמבר") },
};

static const struct words *const tables[] = {
        &english, &german, &french, &spanish, &arabic, &hebrew,
};

const struct words *words_for(struct str lang)
{
        struct str primary = str_cut(&lang, '-');

        /* "iw" is what Hebrew was called before 1989, and old content still says so. */
        if (str_eq_nocase(primary, STR("iw")))
                return &hebrew;
        for (size_t i = 0; i < ARRAY_LEN(tables); i++)
                if (str_eq_nocase(primary, tables[i]->lang))
                        return tables[i];
        return &english;
}

void words_date(struct buf *out, const struct words *t, int64_t unix_time)
{
        time_t when = (time_t)unix_time;
        struct tm tm;

        if (gmtime_r(&when, &tm) == NULL)
                return;
        for (size_t i = 0; i < t->date.n; i++) {
                if (t->date.p[i] != '%') {
                        buf_putc(out, t->date.p[i]);
                        continue;
                }
                switch (t->date.p[++i]) {
                case 'd':
                        buf_printf(out, "%d", tm.tm_mday);
                        break;
                case 'm':
                        buf_add_str(out, t->months[tm.tm_mon]);
                        break;
                default:
                        buf_printf(out, "%d", tm.tm_year + 1900);
                        break;
                }
        }
}
