/*
 * version_1.h -- a portal's database as the first release made it, and some rows. Never changed: it
 * stands for files that exist.
 */
#pragma once

static const char version_1_schema[] =
        "PRAGMA application_id = 1130459756; PRAGMA user_version = 1;"
        "CREATE TABLE meta("
        " key TEXT PRIMARY KEY, value TEXT NOT NULL);"

        "CREATE TABLE project("
        " id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
        " language TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('ltr', 'rtl')),"
        " licence TEXT NOT NULL, description TEXT NOT NULL,"
        " created INTEGER NOT NULL, updated INTEGER NOT NULL);"

        "CREATE TABLE topic("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " slug TEXT NOT NULL, title TEXT NOT NULL, source_path TEXT NOT NULL,"
        " description TEXT NOT NULL, metadata TEXT NOT NULL,"
        " revision INTEGER NOT NULL, digest BLOB NOT NULL, updated INTEGER NOT NULL,"
        " UNIQUE (project, slug));"
        "CREATE INDEX topic_by_source ON topic(project, source_path);"

        "CREATE TABLE revision("
        " id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topic(id),"
        " number INTEGER NOT NULL, format TEXT NOT NULL, created INTEGER NOT NULL,"
        " author TEXT NOT NULL, note TEXT NOT NULL, source TEXT NOT NULL,"
        " UNIQUE (topic, number));"

        "CREATE TABLE toc_node("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " position INTEGER NOT NULL, depth INTEGER NOT NULL, title TEXT NOT NULL,"
        " topic INTEGER REFERENCES topic(id), url TEXT NOT NULL,"
        " UNIQUE (project, position));"
        "CREATE INDEX toc_node_by_topic ON toc_node(topic);"

        "CREATE TABLE blob("
        " id INTEGER PRIMARY KEY, digest BLOB UNIQUE, size INTEGER NOT NULL,"
        " created INTEGER NOT NULL);"
        "CREATE TABLE blob_part("
        " id INTEGER PRIMARY KEY, blob INTEGER NOT NULL REFERENCES blob(id),"
        " position INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (blob, position));"

        "CREATE TABLE file("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " path TEXT NOT NULL, media_type TEXT NOT NULL,"
        " blob INTEGER NOT NULL REFERENCES blob(id), UNIQUE (project, path));"
        "CREATE INDEX file_by_blob ON file(blob);"

        "CREATE TABLE project_redirect("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " from_slug TEXT NOT NULL, to_slug TEXT NOT NULL, UNIQUE (project, from_slug));"

        "CREATE TABLE publication("
        " id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE,"
        " project INTEGER NOT NULL REFERENCES project(id), title TEXT NOT NULL,"
        " version TEXT NOT NULL, visibility INTEGER NOT NULL CHECK (visibility IN (0, 1, 2)),"
        " language TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('ltr', 'rtl')),"
        " description TEXT NOT NULL, first_page TEXT NOT NULL, pages INTEGER NOT NULL,"
        " created INTEGER NOT NULL, updated INTEGER NOT NULL);"
        "CREATE INDEX publication_by_project ON publication(project);"

        "CREATE TABLE publication_page("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " slug TEXT NOT NULL, title TEXT NOT NULL, topic INTEGER NOT NULL REFERENCES topic(id),"
        " revision INTEGER NOT NULL, source_path TEXT NOT NULL, position INTEGER NOT NULL,"
        " etag TEXT NOT NULL, updated INTEGER NOT NULL, description TEXT NOT NULL,"
        " brotli BLOB NOT NULL, gzip BLOB NOT NULL, identity BLOB NOT NULL, text TEXT NOT NULL,"
        " UNIQUE (publication, slug));"
        "CREATE INDEX publication_page_by_topic ON publication_page(topic);"

        "CREATE TABLE publication_toc("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " position INTEGER NOT NULL, depth INTEGER NOT NULL, title TEXT NOT NULL,"
        " page TEXT NOT NULL, url TEXT NOT NULL, UNIQUE (publication, position));"

        "CREATE TABLE publication_file("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " path TEXT NOT NULL, media_type TEXT NOT NULL,"
        " blob INTEGER NOT NULL REFERENCES blob(id), updated INTEGER NOT NULL,"
        " UNIQUE (publication, path));"
        "CREATE INDEX publication_file_by_blob ON publication_file(blob);"

        "CREATE TABLE redirect("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " from_slug TEXT NOT NULL, to_slug TEXT NOT NULL, UNIQUE (publication, from_slug));"

        "CREATE TABLE site_page("
        " id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, media_type TEXT NOT NULL,"
        " etag TEXT NOT NULL, updated INTEGER NOT NULL,"
        " brotli BLOB NOT NULL, gzip BLOB NOT NULL, identity BLOB NOT NULL);";

static const char version_1_rows[] =
        "INSERT INTO meta VALUES ('title', 'Docs');"
        "INSERT INTO project VALUES (1, 'guide', 'Guide', 'en', 'ltr', '', '', 1, 1);"
        "INSERT INTO topic VALUES (1, 1, 'start', 'Start', 'start.md', '', '', 1, x'00', 1);"
        "INSERT INTO revision VALUES (1, 1, 1, 'markdown', 1, 'Ann', '', '# Start');"
        "INSERT INTO toc_node VALUES (1, 1, 0, 0, 'Start', 1, '');"
        "INSERT INTO blob VALUES (1,"
        " x'2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', 5, 1);"
        "INSERT INTO blob_part VALUES (1, 1, 0, CAST('hello' AS BLOB));"
        "INSERT INTO file VALUES (1, 1, 'a.txt', 'text/plain', 1);"
        "INSERT INTO project_redirect VALUES (1, 1, 'old', 'start');"
        "INSERT INTO publication VALUES (1, 'guide', 1, 'Guide', '', 0, 'en', 'ltr', '', 'start', 1,"
        " 1, 1);"
        "INSERT INTO publication_page VALUES (1, 1, 'start', 'Start', 1, 1, 'start.md', 0, 'e', 1, '',"
        " x'', x'', CAST('<h1>Start</h1>' AS BLOB), 'Start');"
        "INSERT INTO publication_toc VALUES (1, 1, 0, 0, 'Start', 'start', '');"
        "INSERT INTO publication_file VALUES (1, 1, 'a.txt', 'text/plain', 1, 1);"
        "INSERT INTO redirect VALUES (1, 1, 'old', 'start');"
        "INSERT INTO site_page VALUES (1, '/', 'text/html', 'h', 1, x'', x'', CAST('x' AS BLOB));";
