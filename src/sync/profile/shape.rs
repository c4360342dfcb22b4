//! The form of a profile as a table: the parser checks against it, the JSON schema is made from it.

/// What a member may hold.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A text of at most so many characters.
    Text(usize),
    /// A pattern of ids: one class of a regular expression.
    Pattern,
    /// True or false.
    Flag,
    /// Always true.
    Yes,
    /// A whole number in a range.
    Count(u64, u64),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// The name of a kind.
    Kind,
    /// A list of the same.
    List(&'static Shape),
    /// Any names, each with the same.
    Map(&'static Shape),
    /// Kinds, each with the same.
    ByKind(&'static Shape),
    /// These members.
    Object(&'static [Member]),
    /// The member named first chooses which others there are.
    Tagged(&'static str, &'static [(&'static str, &'static [Member])]),
    /// Any JSON.
    Any,
}

/// A member of an object.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub name: &'static str,
    pub shape: Shape,
    pub needed: bool,
    /// What it means, for the published schema.
    pub says: &'static str,
}

const fn need(name: &'static str, shape: Shape, says: &'static str) -> Member {
    Member {
        name,
        shape,
        needed: true,
        says,
    }
}

const fn may(name: &'static str, shape: Shape, says: &'static str) -> Member {
    Member {
        name,
        shape,
        needed: false,
        says,
    }
}

const TEXT: Shape = Shape::Text(2000);
const SHORT: Shape = Shape::Text(200);
const PAGE: Shape = Shape::Count(1, 10_000);
const SECONDS: Shape = Shape::Count(1, 86_400);

const MAX: Member = need("max", PAGE, "records a page");
const SIZE: Member = need(
    "size",
    SHORT,
    "the parameter with the page size; empty: it is not sent",
);

const SHARE: &[Member] = &[
    may(
        "kinds",
        Shape::List(&Shape::Kind),
        "the kinds that travel; left out: all",
    ),
    may(
        "without",
        Shape::List(&SHORT),
        "fields that are never sent, nor taken: customers.note",
    ),
    may("readOnly", Shape::Flag, "only read, never written"),
];

const OVERLAP: Member = may(
    "overlap",
    Shape::Count(0, 86_400),
    "how far each pull goes back: seconds, or places where the cursor is a number",
);
const FIELD: Member = need(
    "field",
    SHORT,
    "the member of a record with its place, set by the server",
);
const QUERY: Member = need("query", TEXT, "the query with {cursor}");
const INCLUSIVE: Member = may(
    "inclusive",
    Shape::Flag,
    "the record at the cursor itself comes again",
);

const ACTION: &[Member] = &[
    need(
        "method",
        Shape::Choice(&["GET", "POST", "PUT", "PATCH", "DELETE"]),
        "the method",
    ),
    need(
        "path",
        TEXT,
        "the path under base, with its query and blanks",
    ),
    may("body", Shape::Any, "the body with blanks"),
    may(
        "results",
        SHORT,
        "the path to the records or results in the answer",
    ),
];

/// A profile.
pub(super) const PROFILE: &[Member] = &[
    need("profile", Shape::Count(1, 1), "the version of this form"),
    need("name", SHORT, "what a person calls the endpoint"),
    may("preset", SHORT, "the preset it was made from"),
    need("base", TEXT, "the address that all paths are added to"),
    need(
        "mode",
        Shape::Choice(&["document", "collection", "couchdb", "action"]),
        "1: how the endpoint holds records",
    ),
    may(
        "auth",
        Shape::Tagged(
            "kind",
            &[
                ("none", &[]),
                ("basic", &[]),
                ("bearer", &[]),
                ("oauth", &[]),
                (
                    "header",
                    &[
                        need("name", SHORT, "the header"),
                        may("prefix", SHORT, "put before the secret"),
                    ],
                ),
            ],
        ),
        "2: how we say who we are; the secret itself is never here",
    ),
    may(
        "id",
        Shape::Object(&[
            may(
                "by",
                Shape::Choice(&["client", "server"]),
                "who chooses ids",
            ),
            may(
                "field",
                SHORT,
                "the member with the id, or with ours where the server assigns them",
            ),
            may("key", SHORT, "the member with the server's id"),
            may(
                "pattern",
                Shape::Pattern,
                "the characters of ids: [A-Za-z0-9_-]+",
            ),
            may("max", Shape::Count(1, 1000), "the longest id"),
            may("min", Shape::Count(1, 64), "the shortest id"),
        ]),
        "3: whose ids",
    ),
    may(
        "create",
        Shape::Object(&[
            may(
                "with",
                Shape::Choice(&["put", "post", "upsert"]),
                "by which request",
            ),
            may(
                "duplicate",
                Shape::Choice(&[
                    "409",
                    "400",
                    "500",
                    "200-ignored",
                    "201-overwrites",
                    "201-twin",
                ]),
                "what a second time is answered with",
            ),
        ]),
        "4: how a record is made",
    ),
    may(
        "update",
        Shape::Object(&[
            may(
                "with",
                Shape::Choice(&["put", "patch", "upsert", "bulk"]),
                "by which request",
            ),
            may(
                "unknown",
                Shape::Choice(&["404", "403", "204-lost", "200-null", "upserts"]),
                "what changing something unknown is answered with",
            ),
        ]),
        "5: how a record is changed",
    ),
    may(
        "precondition",
        Shape::Object(&[
            may(
                "with",
                Shape::Choice(&["none", "if-match", "rev", "if-unmodified-since"]),
                "which",
            ),
            may(
                "required",
                Shape::Flag,
                "writes without one are refused (428)",
            ),
        ]),
        "6: what keeps two writers apart",
    ),
    may(
        "version",
        Shape::Tagged(
            "from",
            &[
                ("none", &[]),
                (
                    "header",
                    &[need(
                        "name",
                        SHORT,
                        "a response header that the page may see",
                    )],
                ),
                ("body", &[need("path", SHORT, "a member of the record")]),
            ],
        ),
        "7: where a version is found",
    ),
    may(
        "quality",
        Shape::Choice(&["strong", "seconds", "hash"]),
        "8: how much a version is worth",
    ),
    may(
        "list",
        Shape::Object(&[
            may(
                "path",
                SHORT,
                "the path to the array of records; empty: the answer is the array",
            ),
            may("item", SHORT, "the path inside each element to the record"),
            may("totalHeader", SHORT, "the header with how many there are"),
            may("totalPath", SHORT, "the path to how many there are"),
        ]),
        "9: where the records are in a list",
    ),
    may(
        "paging",
        Shape::Tagged(
            "kind",
            &[
                ("none", &[]),
                (
                    "page",
                    &[
                        need("page", SHORT, "the parameter with the number"),
                        SIZE,
                        may("first", Shape::Count(0, 1), "the number of the first page"),
                        MAX,
                    ],
                ),
                (
                    "offset",
                    &[
                        need("offset", SHORT, "the parameter with the row"),
                        SIZE,
                        MAX,
                    ],
                ),
                ("link", &[SIZE, MAX]),
                (
                    "header",
                    &[
                        need("header", SHORT, "the header with the next address"),
                        SIZE,
                        MAX,
                    ],
                ),
                (
                    "token",
                    &[
                        need("path", SHORT, "the path to the token"),
                        need("token", SHORT, "the parameter"),
                        SIZE,
                        MAX,
                    ],
                ),
                (
                    "next",
                    &[
                        need("path", SHORT, "the path to the next address"),
                        SIZE,
                        MAX,
                    ],
                ),
            ],
        ),
        "10: how a long list is read",
    ),
    may(
        "changes",
        Shape::Tagged(
            "kind",
            &[
                ("scan", &[]),
                (
                    "feed",
                    &[
                        QUERY,
                        may("path", TEXT, "where it is not the list's path"),
                        FIELD,
                        INCLUSIVE,
                        OVERLAP,
                    ],
                ),
                ("filter", &[QUERY, FIELD, INCLUSIVE, OVERLAP]),
            ],
        ),
        "11: how changes since the last time are asked for",
    ),
    may(
        "cursor",
        Shape::Choice(&["ms", "iso", "number", "opaque"]),
        "12: what the cursor is; always the server's value",
    ),
    may(
        "deletes",
        Shape::Choice(&["feed", "field", "hard", "none"]),
        "13: how deletions travel",
    ),
    may(
        "bulk",
        Shape::Tagged(
            "kind",
            &[
                ("none", &[]),
                ("array", &[MAX, may("atomic", Shape::Flag, "all or none")]),
                (
                    "envelope",
                    &[
                        need("member", SHORT, "the member with the array"),
                        MAX,
                        may("results", SHORT, "the path to the results"),
                        may("atomic", Shape::Flag, "all or none"),
                    ],
                ),
                (
                    "requests",
                    &[
                        need("member", SHORT, "the member with the array"),
                        MAX,
                        need("results", SHORT, "the path to the answers"),
                    ],
                ),
            ],
        ),
        "14: many at once",
    ),
    may(
        "limits",
        Shape::Object(&[
            may(
                "bodyBytes",
                Shape::Count(1000, 1 << 40),
                "the largest body that is sent",
            ),
            may(
                "answerBytes",
                Shape::Count(1000, 1 << 30),
                "the largest answer that is read",
            ),
            may("requests", Shape::Count(1, 100_000), "requests in a window"),
            may("windowSeconds", SECONDS, "the window"),
            may("idleSeconds", SECONDS, "the longest silence"),
            may("totalSeconds", SECONDS, "the longest time of one answer"),
            may(
                "tombstoneDays",
                Shape::Count(1, 100_000),
                "for how long the endpoint remembers deletions",
            ),
        ]),
        "15: how much is too much",
    ),
    may(
        "headers",
        Shape::Object(&[
            may(
                "fixed",
                Shape::Map(&TEXT),
                "headers that every request has; never credentials",
            ),
            may(
                "allowed",
                Shape::List(&SHORT),
                "the headers that the preflight accepts, in lower case",
            ),
        ]),
        "16: headers",
    ),
    may(
        "encoding",
        Shape::Object(&[
            may(
                "envelope",
                SHORT,
                "the member that a written record is put into",
            ),
            may(
                "column",
                Shape::Object(&[
                    need("name", SHORT, "the column that holds the record"),
                    may("text", Shape::Flag, "it holds JSON as text"),
                    may(
                        "also",
                        Shape::Map(&SHORT),
                        "fields that are also columns of their own: public name to column",
                    ),
                ]),
                "where the endpoint has columns of its own",
            ),
        ]),
        "17: how bodies are written; blanks in addresses are always %20",
    ),
    may(
        "readBack",
        Shape::Yes,
        "18: a change is delivered when a later pull shows it",
    ),
    may(
        "paths",
        Shape::Object(&[
            may("list", TEXT, "the list of a kind, with {collection}"),
            may("item", TEXT, "one record, with {collection} and {id}"),
            may("bulk", TEXT, "many at once"),
            may("create", TEXT, "where records are made by POST"),
            may(
                "document",
                TEXT,
                "the document, or each collection's with {collection}",
            ),
            may(
                "find",
                TEXT,
                "the query that finds a record by our id, with {id}",
            ),
            may("query", TEXT, "a query that every list has"),
        ]),
        "where things are",
    ),
    may(
        "collections",
        Shape::ByKind(&SHORT),
        "the name of each kind's collection",
    ),
    may("share", Shape::Object(SHARE), "what is shared"),
    may(
        "actions",
        Shape::Object(&[
            need("list", Shape::Object(ACTION), "reads a list"),
            need("upsert", Shape::Object(ACTION), "makes or changes records"),
            may("get", Shape::Object(ACTION), "reads one record"),
            may("delete", Shape::Object(ACTION), "removes one record"),
            may("deleted", Shape::Object(ACTION), "reads what was deleted"),
            may(
                "ok",
                Shape::Object(&[
                    need("path", SHORT, "where an answer says whether it worked"),
                    need("values", Shape::List(&Shape::Any), "the values when it did"),
                ]),
                "how an answer with status 200 says that it worked",
            ),
        ]),
        "the templates of mode action",
    ),
    may(
        "identity",
        Shape::Object(&[
            need("path", TEXT, "the path under base"),
            need(
                "epoch",
                SHORT,
                "the path to a text that stays while the database does",
            ),
            may("sequence", SHORT, "the path to a number that only grows"),
        ]),
        "where the endpoint says which database it is",
    ),
    may(
        "inbox",
        Shape::Object(&[
            need(
                "path",
                TEXT,
                "the path under base, or a whole address of the same origin",
            ),
            may("limit", Shape::Count(1, 10_000), "entries a page"),
        ]),
        "where public widgets leave entries for the owner",
    ),
    may(
        "probePrefix",
        Shape::Text(32),
        "what ids of probes begin with",
    ),
    may(
        "verified",
        Shape::Choice(&["tested", "documented", "own"]),
        "what stands behind it",
    ),
];
