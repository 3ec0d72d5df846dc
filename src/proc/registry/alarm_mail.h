/*
 * alarm_mail.h -- letters about alarms: one at a time to the operator, by the courier, which alone knows the
 * address; and to a portal's administrators, by a job in its container, which alone knows who they are.
 *
 * Trust:  the courier is believed about what became of a letter; names and reasons in it are anybody's.
 * Owns:   the last letter to the operator; the registry's database keeps it until the courier has it.
 * Used inside src/proc/registry only.
 */
#pragma once

#include "store/registry_alarm.h"
#include "registry.h"
#include "vault/alarm.h"

/* Before anything else. to_operator: [alarms] names an address. to_people: this host sends mail. */
void alarm_mail_setup(bool to_operator, bool to_people);
NODISCARD int alarm_mail_load(struct err *err);
bool alarm_mail_has_operator(void);

/* Whether a letter is due; then *out, in the arena, says it, and the rows count as told. */
bool alarm_mail_write(struct arena *arena, struct alarm *rows, size_t n, int64_t now,
                      struct registry_letter *out);
/* It is on disk: hand it over. */
void alarm_mail_written(const struct registry_letter *letter);

/* Once a minute: hand over what waits, have administrators written. */
void alarm_mail_look(const struct alarm *rows, size_t n, int64_t now);

void alarm_mail_courier_open(void);
void alarm_mail_take_answer(struct message *msg);
