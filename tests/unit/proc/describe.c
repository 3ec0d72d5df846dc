/*
 * describe.c -- print what the portal's router knows: its rows, or the API's document. For tests and for the
 * manual's table of operations.
 *
 *     describe routes | document
 */
#include <stdio.h>
#include <string.h>

#include "proc/portal/api/call.h"
#include "proc/portal/routes.h"

int main(int argc, char **argv)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        if (argc == 2 && strcmp(argv[1], "document") == 0) {
                printf("%.*s\n", STR_ARG(api_document_text()));
                return 0;
        }
        if (argc != 2 || strcmp(argv[1], "routes") != 0)
                return 2;
        for (size_t i = 0; i < routes_count(); i++)
                printf("%.*s\n", STR_ARG(routes_describe(i, arena)));
        for (size_t i = 0; i < api_count(); i++)
                printf("%.*s\n", STR_ARG(api_describe(i, arena)));
        return 0;
}
