/*
 * topic.h -- private to export/: a topic as a Markdown file, and a project's contents as a list.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "json/json.h"

/*
 * The lines between two "---": title, slug, order, dates and number of the topic (an object of
 * EXTRACT_TOPICS), then what else its author wrote there.
 */
void topic_front_matter(const struct json *topic, struct buf *out);

/* One entry of SUMMARY.md. path: of the topic's file, below the list's own folder, or empty. */
void topic_summary_line(unsigned depth, struct str title, struct str path, struct str url,
                        struct buf *out);
