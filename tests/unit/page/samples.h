/*
 * samples.h -- what the files of page-samples share.
 *
 * Linked by page-samples only.
 */
#pragma once

#include "base/str.h"

/* Write a file of the folder; ends the program on failure. */
void samples_save(int dir, const char *name, struct str bytes);

/* The pages of page/account.h, in the states that look different. */
void samples_of_accounts(int dir);

/* The pages of page/backups.h. */
void samples_of_backups(int dir);

/* The page of page/share.h. */
void samples_of_shares(int dir);

/* The pages of page/edit.h. */
void samples_of_workspace(int dir);

/* The pages of page/factor.h. */
void samples_of_factors(int dir);
