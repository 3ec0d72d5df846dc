/*
 * supervisor_world.h -- what the tests of the supervisor share: the test is all its children at once and holds
 * the far ends of their channels. Workers are real processes that sleep, so that a kill is seen to reach the
 * one it was meant for.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "proc/supervisor/supervisor.h"

enum { PORTAL = 7, ABSENT = 8 };

struct world {
        struct supervisor sup;
        struct channel *far[CHILDREN];
        char folder[64];
};

int set_up(void **state);
int tear_down(void **state);

/* A fresh channel to this child; the old one is gone. */
void connect_child(struct world *w, enum child_index i);

/* Let the supervisor's loop turn. */
void run(struct world *w);

/* Send a message with up to two numbers, and let the supervisor read it. */
void tell(struct world *w, enum child_index from, enum message_type type, unsigned n, uint64_t a, uint64_t b);

/* The next message of this type; others are passed over. ERR_AGAIN: there is none. */
int expect(struct world *w, enum child_index to, enum message_type type, struct message *msg, int *fd);
unsigned count(struct world *w, enum child_index to, enum message_type type);

void say_spawned(struct world *w, uint64_t token, uint32_t pid);
pid_t sleeper(void);

/* What the zygote was asked for: the token, and the new process's end of its channel. */
uint64_t take_spawn(struct world *w, int *fd);

/* A running worker of PORTAL; its own end of the channel. */
struct channel *start_worker(struct world *w, pid_t *pid);
bool is_alive(pid_t pid);
void end(pid_t pid);

#define WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
