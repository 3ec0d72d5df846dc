/*
 * commands.c -- every command the control socket knows, and what it may bring. A verb that is not in this
 * table cannot be carried out.
 */
#include <stdio.h>

#include "base/fd.h"
#include "registry.h"
#include "scrub.h"

enum brings { BRINGS_NOTHING, BRINGS_FD, MAY_BRING_FD };

static const struct {
        const char *verb;
        command_fn *run;
        enum brings brings;
} commands[] = {
        { "portal.create", command_portal_create, MAY_BRING_FD },
        { "portal.list", command_portal_list, BRINGS_NOTHING },
        { "portal.show", command_portal_show, BRINGS_NOTHING },
        { "portal.suspend", command_portal_suspend, BRINGS_NOTHING },
        { "portal.resume", command_portal_resume, BRINGS_NOTHING },
        { "portal.delete", command_portal_delete, BRINGS_NOTHING },
        { "portal.certificate", command_portal_certificate, BRINGS_NOTHING },
        { "portal.restore", command_portal_restore, BRINGS_NOTHING },
        { "domain.list", command_domain_list, BRINGS_NOTHING },
        { "import", command_import, BRINGS_FD },
        { "export", command_export, BRINGS_FD },
        { "publish", command_publish, BRINGS_NOTHING },
        { "user.add", command_people, MAY_BRING_FD },
        { "user.import", command_people, BRINGS_FD },
        { "user.preview", command_people, BRINGS_FD },
        { "user.list", command_people, BRINGS_NOTHING },
        { "user.disable", command_people, BRINGS_NOTHING },
        { "user.enable", command_people, BRINGS_NOTHING },
        { "user.delete", command_people, BRINGS_NOTHING },
        { "user.reset", command_people, BRINGS_NOTHING },
        { "user.role", command_people, BRINGS_NOTHING },
        { "user.unfactor", command_people, BRINGS_NOTHING },
        { "group.add", command_people, BRINGS_NOTHING },
        { "user.end-sessions", command_people, BRINGS_NOTHING },
        { "group.rename", command_people, BRINGS_NOTHING },
        { "group.remove", command_people, BRINGS_NOTHING },
        { "group.list", command_people, BRINGS_NOTHING },
        { "group.join", command_people, BRINGS_NOTHING },
        { "group.leave", command_people, BRINGS_NOTHING },
        { "access.grant", command_people, BRINGS_NOTHING },
        { "access.revoke", command_people, BRINGS_NOTHING },
        { "access.list", command_people, BRINGS_NOTHING },
        { "share.add", command_people, BRINGS_NOTHING },
        { "share.list", command_people, BRINGS_NOTHING },
        { "share.revoke", command_people, BRINGS_NOTHING },
        { "backup.now", command_backup_now, BRINGS_NOTHING },
        { "backup.list", command_backup_list, BRINGS_NOTHING },
        { "backup.verify", command_backup_verify, BRINGS_NOTHING },
        { "backup.confirm", command_backup_confirm, BRINGS_NOTHING },
        { "backup.restore", command_backup_restore, BRINGS_NOTHING },
        { "backup.fetch", command_backup_fetch, BRINGS_FD },
        { "backup.keys", command_backup_keys, MAY_BRING_FD },
        { "backup.take", command_backup_take, BRINGS_NOTHING },
        { "scrub", command_scrub, BRINGS_NOTHING },
        { "token.add", command_people, BRINGS_NOTHING },
        { "token.list", command_people, BRINGS_NOTHING },
        { "token.revoke", command_people, BRINGS_NOTHING },
        { "sso.add", command_sso_add, MAY_BRING_FD },
        { "sso.change", command_people, MAY_BRING_FD },
        { "sso.remove", command_sso_remove, BRINGS_NOTHING },
        { "sso.list", command_people, BRINGS_NOTHING },
        { "sso.check", command_sso_check, BRINGS_NOTHING },
        { "access.visibility", command_people, BRINGS_NOTHING },
        { "audit.list", command_people, BRINGS_NOTHING },
        { "audit.verify", command_people, BRINGS_NOTHING },
        { "settings.show", command_people, BRINGS_NOTHING },
        { "settings.change", command_people, BRINGS_NOTHING },
        { "status", command_status, BRINGS_NOTHING },
        { "isolation.verify", command_isolation_verify, BRINGS_NOTHING },
};

void commands_run(struct client *client, struct str verb, struct str arguments, int fd)
{
        struct json *args CLEANUP_JSON = NULL;
        struct err err;
        char sentence[200];

        if (json_parse(arguments, &args, &err) < 0) {
                fd_close(&fd);
                client_refuse(client, ERR_INVALID, err.text);
                return;
        }
        for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
                if (!str_is(verb, commands[i].verb))
                        continue;
                if (commands[i].brings != MAY_BRING_FD &&
                    (commands[i].brings == BRINGS_FD) != (fd >= 0)) {
                        fd_close(&fd);
                        client_refuse(client, ERR_INVALID, "the command came with a wrong descriptor");
                        return;
                }
                client->verb = commands[i].verb;
                commands[i].run(client, args, fd);
                return;
        }
        fd_close(&fd);
        snprintf(sentence, sizeof sentence, "this host does not know the command '%.*s'; is it older than "
                 "the program that asked?", STR_ARG(verb));
        client_refuse(client, ERR_UNSUPPORTED, sentence);
}
