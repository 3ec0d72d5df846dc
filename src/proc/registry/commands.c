/*
 * commands.c -- every command the control socket knows, and what it may bring. A verb that is not in this
 * table cannot be carried out.
 */
#include <stdio.h>

#include "base/fd.h"
#include "registry.h"

static const struct {
        const char *verb;
        command_fn *run;
        bool brings_fd;
} commands[] = {
        { "portal.create", command_portal_create, false },
        { "portal.list", command_portal_list, false },
        { "portal.show", command_portal_show, false },
        { "portal.suspend", command_portal_suspend, false },
        { "portal.resume", command_portal_resume, false },
        { "portal.delete", command_portal_delete, false },
        { "portal.restore", command_portal_restore, false },
        { "domain.list", command_domain_list, false },
        { "import", command_import, true },
        { "publish", command_publish, false },
        { "status", command_status, false },
        { "isolation.verify", command_isolation_verify, false },
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
                if (commands[i].brings_fd != (fd >= 0)) {
                        fd_close(&fd);
                        client_refuse(client, ERR_INVALID, "the command came with a wrong descriptor");
                        return;
                }
                commands[i].run(client, args, fd);
                return;
        }
        fd_close(&fd);
        snprintf(sentence, sizeof sentence, "this host does not know the command '%.*s'; is it older than "
                 "the program that asked?", STR_ARG(verb));
        client_refuse(client, ERR_UNSUPPORTED, sentence);
}
