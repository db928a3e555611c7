//! Foreign keys that are named by text.

use orm::Code;
use orm::prelude::*;

mod typed {
    use super::*;

    orm::registry!(pub(super) Models);

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Account {
        #[column(primary_key)]
        org: i64,
        #[column(primary_key)]
        num: String,
    }

    /// A composite key by names, in the wrong order.
    #[derive(Mapped)]
    #[mapped(registry = Models, foreign_key(columns(num, org), references("account.org", "account.num")))]
    struct Note {
        #[column(primary_key)]
        id: i64,
        org: i64,
        num: String,
    }

    /// A single key by name, of another integer than what it references.
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Line {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = "note.id")]
        note_id: Option<i32>,
    }

    #[derive(Table)]
    #[mapped(registry = Models)]
    struct Mark {
        #[column(primary_key, foreign_key = "note.idd")]
        note_id: i64,
        #[column(primary_key, foreign_key = "lines.id")]
        line_id: i64,
    }
}

#[test]
fn foreign_keys_by_name_are_compared_with_what_they_reference() {
    let error = typed::Models::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    let mut causes: Vec<(Code, String)> =
        error.causes().iter().map(|cause| (cause.code(), cause.to_string())).collect();
    causes.sort_by(|a, b| a.1.cmp(&b.1));
    let texts: Vec<&str> = causes.iter().map(|(_, text)| text.as_str()).collect();
    let has = |code: Code, parts: &[&str]| {
        assert!(
            causes.iter().any(|(of, text)| *of == code && parts.iter().all(|part| text.contains(part))),
            "{parts:?} in {texts:#?}"
        );
    };
    has(Code::JoinCondition, &["Line.note_id", "is a `i32`, but `note.id` is a `i64`"]);
    has(Code::JoinCondition, &["Note.num", "is a `String`, but `account.org` is a `i64`"]);
    has(Code::JoinCondition, &["Note.org", "is a `i64`, but `account.num` is a `String`"]);
    has(Code::UnknownName, &["`note.idd`, which isn't there", "did you mean `note.id`?"]);
    has(Code::UnknownName, &["lines"]);
    assert_eq!(causes.len(), 5, "{texts:#?}");
}

mod right {
    use super::*;

    orm::registry!(pub(super) Models);

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Account {
        #[column(primary_key)]
        org: i64,
        #[column(primary_key)]
        num: String,
        #[relationship(target = "Note", back_populates = "account")]
        notes: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models, foreign_key(columns(org, num), references("account.org", "account.num")))]
    struct Note {
        #[column(primary_key)]
        id: i64,
        org: Option<i64>,
        num: Option<String>,
        #[relationship(target = "Account", back_populates = "notes")]
        account: Option<One<AnyClass>>,
    }
}

#[test]
fn composite_keys_by_name() -> orm::Result<()> {
    right::Models::configure()
}
