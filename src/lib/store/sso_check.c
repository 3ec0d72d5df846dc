/*
 * sso_check.c -- what may stand in a provider's row, whoever writes it.
 */
#include "store/sso_check.h"

/* Visible ASCII, with single blanks where they are allowed. */
static bool is_plain(struct str text, size_t max, bool blanks)
{
        for (size_t i = 0; i < text.n; i++) {
                bool blank = blanks && text.p[i] == ' ' && i > 0 && i + 1 < text.n && text.p[i - 1] != ' ';

                if ((text.p[i] <= 0x20 && !blank) || text.p[i] >= 0x7f)
                        return false;
        }
        return text.n <= max;
}

static bool is_words(struct str text, size_t max)
{
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
                        return false;
        return text.n > 0 && text.n <= max && str_is_utf8(text);
}

static bool is_name(struct str s)
{
        for (size_t i = 0; i < s.n; i++) {
                bool hyphen = s.p[i] == '-' && i > 0 && i + 1 < s.n && s.p[i - 1] != '-';

                if (!hyphen && !(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9'))
                        return false;
        }
        return s.n > 0 && s.n <= SSO_NAME_MAX;
}

int sso_check_identity(const struct store_sso *sso, struct err *err)
{
        if (!is_name(sso->name))
                return err_set(err, ERR_INVALID, "a provider's short name has 1 to %d of a-z, 0-9 and single "
                               "hyphens", SSO_NAME_MAX);
        if (!is_plain(sso->issuer, SSO_ISSUER_MAX, false) || !str_starts(sso->issuer, STR("https://")))
                return err_set(err, ERR_INVALID, "an issuer is an address that begins with https://, at most "
                               "%d bytes", SSO_ISSUER_MAX);
        if (sso->client.n == 0 || !is_plain(sso->client, SSO_CLIENT_MAX, false))
                return err_set(err, ERR_INVALID, "a client id is 1 to %d visible characters", SSO_CLIENT_MAX);
        if (!is_plain(sso->origins, SSO_LIST_MAX, true))
                return err_set(err, ERR_INVALID, "these are too many origins");
        return 0;
}

static bool is_domain(struct str domain)
{
        bool dot = false;

        for (size_t i = 0; i < domain.n; i++) {
                char c = domain.p[i];

                dot = dot || c == '.';
                if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.')
                        return false;
        }
        return dot && domain.n <= 253 && domain.p[0] != '.' && domain.p[domain.n - 1] != '.';
}

static int check_domains(struct str domains, struct err *err)
{
        struct str rest = domains;

        if (!is_plain(domains, SSO_LIST_MAX, true))
                return err_set(err, ERR_INVALID, "domains are written with one blank between them");
        while (rest.n > 0) {
                struct str domain = str_cut(&rest, ' ');

                if (!is_domain(domain))
                        return err_set(err, ERR_INVALID, "'%.*s' is no domain; write the part behind the @ "
                                       "in lower case, such as example.com", STR_ARG(domain));
        }
        return 0;
}

static int check_rules(const struct store_sso *sso, struct err *err)
{
        if (sso->nrules > SSO_RULES_MAX)
                return err_set(err, ERR_LIMIT, "a provider has at most %d rules", SSO_RULES_MAX);
        if ((sso->nrules > 0) != (sso->claim.n > 0))
                return err_set(err, ERR_INVALID, "rules need the claim they are about, and a claim needs "
                               "rules");
        for (size_t i = 0; i < sso->nrules; i++) {
                const struct store_sso_rule *rule = &sso->rules[i];

                if (!is_words(rule->value, SSO_VALUE_MAX))
                        return err_set(err, ERR_INVALID, "a rule's value is text of 1 to %d bytes",
                                       SSO_VALUE_MAX);
                if (!is_plain(rule->groups, SSO_LIST_MAX, true))
                        return err_set(err, ERR_INVALID, "a rule names groups with one blank between them");
                if (rule->role == ROLE_ADMINISTRATOR && !sso->administrators)
                        return err_set(err, ERR_INVALID, "a rule makes administrators, and it was not said "
                                       "that this provider may");
        }
        return 0;
}

static bool has_word(struct str list, const char *word)
{
        while (list.n > 0)
                if (str_is(str_cut(&list, ' '), word))
                        return true;
        return false;
}

int sso_check_settings(const struct store_sso *sso, struct err *err)
{
        if (!is_words(sso->label, SSO_LABEL_MAX))
                return err_set(err, ERR_INVALID, "what stands on the button is text of 1 to %d bytes",
                               SSO_LABEL_MAX);
        if (sso->method < 0 || sso->method >= SSO_METHODS)
                return err_set(err, ERR_INVALID, "the client proves itself by basic, post or public");
        if (!is_plain(sso->secret, SSO_SECRET_MAX, false))
                return err_set(err, ERR_INVALID, "a client secret is at most %d visible characters, without "
                               "blanks", SSO_SECRET_MAX);
        if (!is_plain(sso->scopes, SSO_SCOPES_MAX, true) || !has_word(sso->scopes, "openid"))
                return err_set(err, ERR_INVALID, "scopes are words with one blank between them, and "
                               "'openid' is one of them");
        if (!is_plain(sso->claim, SSO_CLAIM_MAX, false) || !is_plain(sso->factor, SSO_FACTOR_MAX, false))
                return err_set(err, ERR_INVALID, "a claim is named by at most %d visible characters, without "
                               "blanks", SSO_CLAIM_MAX);
        int r = check_domains(sso->domains, err);

        return r < 0 ? r : check_rules(sso, err);
}

bool store_sso_domain_listed(struct str domains, struct str login)
{
        ptrdiff_t at = -1;

        for (size_t i = 0; i < login.n; i++)
                if (login.p[i] == '@')
                        at = (ptrdiff_t)i;
        if (at < 0)
                return false;
        struct str domain = str_make(login.p + at + 1, login.n - (size_t)at - 1);

        while (domains.n > 0)
                if (str_eq(str_cut(&domains, ' '), domain))
                        return true;
        return false;
}
