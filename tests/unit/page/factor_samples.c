/*
 * factor_samples.c -- sample pages of second factors, passkeys and recovery codes.
 */
#include "base/buf.h"
#include "page/factor.h"
#include "samples.h"

static const struct page_site en = { STR("Harbour Docs"), STR("en"), false };
static const struct page_site ar = { STR("وثائق المرفأ"), STR("ar"), true };
static const struct str csrf = STR("4fzyo82mvyr4bcjrbq3wjyd2yu");

static void factor(int dir, const char *name, struct page_factor page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page_render_factor(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void confirm(int dir, const char *name, struct page_confirm page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page.next = STR("/account/security");
        page.login = STR("ada.lovelace@example.org");
        page_render_confirm(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void security(int dir, const char *name, struct page_security page)
{
        static const struct page_passkey keys[] = {
                { STR("3"), STR("Ada's phone"), 1794900000, 1795170000 },
                { STR("8"), STR(""), 1795132800, 0 },
        };
        struct buf out CLEANUP_BUF = { 0 };

        page.csrf = csrf;
        page.passkeys = keys;
        page.npasskeys = page.app ? ARRAY_LEN(keys) : 0;
        page.recovery = 9;
        page_render_security(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void app(int dir, const char *name, struct page_site site, bool wrong)
{
        struct buf out CLEANUP_BUF = { 0 };

        page_render_app(&out, &(struct page_app){
                .site = site, .csrf = csrf, .wrong = wrong,
                .uri = STR("otpauth://totp/Harbour%20Docs:ada.lovelace%40example.org?secret="
                           "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harbour%20Docs"),
                .key = STR("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"),
        });
        samples_save(dir, name, buf_str(&out));
}

static void codes(int dir, const char *name, struct page_site site)
{
        struct page_codes page = { .site = site };
        struct buf out CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < PAGE_CODES; i++)
                page.codes[i] = STR("3fz8k-q7m2x");
        page_render_codes(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

void samples_of_factors(int dir)
{
        factor(dir, "factor.html", (struct page_factor){
                .site = en, .app = true, .passkeys = true, .recovery = true,
        });
        factor(dir, "factor-wrong.html", (struct page_factor){
                .site = en, .app = true, .recovery = true, .error = PAGE_FACTOR_WRONG,
        });
        factor(dir, "factor-rtl.html", (struct page_factor){
                .site = ar, .passkeys = true, .recovery = true,
                .error = PAGE_FACTOR_PASSKEY_REFUSED,
        });
        confirm(dir, "confirm.html", (struct page_confirm){
                .site = en, .code = true, .passkeys = true,
        });
        confirm(dir, "confirm-rtl.html", (struct page_confirm){
                .site = ar, .code = true, .error = PAGE_FACTOR_THROTTLED, .seconds = 300,
        });
        security(dir, "security.html", (struct page_security){
                .site = en, .app = true, .news = PAGE_SECURITY_PASSKEY_ADDED,
        });
        security(dir, "security-rtl.html", (struct page_security){
                .site = ar, .app = true, .news = PAGE_SECURITY_LAST_STAYS,
        });
        security(dir, "security-missing.html", (struct page_security){ .site = en, .missing = true });
        app(dir, "app.html", en, false);
        app(dir, "app-rtl.html", ar, true);
        codes(dir, "codes.html", en);
        codes(dir, "codes-rtl.html", ar);
}
