//! Each verdict, by hand-written declarations.

use super::super::{
    ColumnDecl, Declared, ForeignKeyDecl, Kind, ModelDecl, RelationDecl, SecondaryDecl, TableDecl, TargetDecl,
};
use super::{check_relationship, problem};
use crate::declare::ColumnName;
use crate::error::Result;
use crate::sql::Tree;

struct User;
struct Note;

macro_rules! class {
    ($name:ident) => {
        impl Declared for $name {
            const CLASS: &'static str = stringify!($name);
            const MODULE: &'static str = "tests";
            const TABLE: &'static str = "";
            const DECL: ModelDecl = model(stringify!($name), "", &[], &[], &[]);
        }
    };
}

class!(User);
class!(Note);

const fn model(
    class: &'static str,
    table: &'static str,
    columns: &'static [ColumnDecl],
    foreign_keys: &'static [ForeignKeyDecl],
    relations: &'static [RelationDecl],
) -> ModelDecl {
    let table = TableDecl { columns, foreign_keys, ..TableDecl::named(table) };
    ModelDecl {
        class,
        module: "tests",
        table,
        relations,
        listen: None,
        confirm_deleted_rows: true,
        synonyms: &[],
        composites: &[],
    }
}

const fn key(
    columns: &'static [&'static str],
    table: &'static str,
    references: &'static [&'static str],
) -> ForeignKeyDecl {
    ForeignKeyDecl { columns, table, references, ..ForeignKeyDecl::PLAIN }
}

const fn required(name: &'static str) -> ColumnDecl {
    ColumnDecl::of::<i64>(name, name)
}

const fn optional(name: &'static str) -> ColumnDecl {
    ColumnDecl::of::<Option<i64>>(name, name)
}

const fn to_user(name: &'static str, kind: Kind) -> RelationDecl {
    RelationDecl::new(name, kind, TargetDecl::class::<User>())
}

const fn to_note(name: &'static str, kind: Kind) -> RelationDecl {
    RelationDecl::new(name, kind, TargetDecl::class::<Note>())
}

const fn back(relation: RelationDecl, name: &'static str) -> RelationDecl {
    RelationDecl { back_populates: Some(name), ..relation }
}

const ID: &[ColumnDecl] = &[required("id").primary_key(true)];

/// What is wrong with each relationship of both classes; they are checked against each other.
fn problems(user: &ModelDecl, note: &ModelDecl) -> Vec<String> {
    let mut all = Vec::new();
    for (me, others) in [(user, note), (note, user)] {
        for relation in me.relations {
            let other = match relation.target {
                TargetDecl::Class { class, .. } if class == me.class => me,
                _ => others,
            };
            let association = match relation.secondary {
                SecondaryDecl::Table(table) | SecondaryDecl::Rows(table, _) => Some(table),
                SecondaryDecl::None | SecondaryDecl::Query(_) | SecondaryDecl::Named(_) => None,
            };
            let problem = problem(me, other, relation, association);
            all.extend(problem.map(|problem| format!("{}: {}", relation.name, problem.text.as_str())));
        }
    }
    all
}

#[test]
fn both_sides_of_one_foreign_key() {
    static USER: ModelDecl = model(
        "User",
        "user",
        ID,
        &[],
        &[back(to_note("notes", Kind::List), "user"), to_note("first", Kind::OptionalOne)],
    );
    static NOTE: ModelDecl = model(
        "Note",
        "note",
        &[required("id").primary_key(true), required("user_id")],
        &[key(&["user_id"], "user", &["id"])],
        &[back(to_user("user", Kind::One), "notes")],
    );
    assert_eq!(problems(&USER, &NOTE), [""; 0]);
    assert!(check_relationship(&USER, &NOTE, "notes").is_none());
}

#[test]
fn a_composite_key_may_be_absent_when_one_of_its_columns_may() {
    static USER: ModelDecl = model("User", "user", ID, &[], &[]);
    static NOTE: ModelDecl = model(
        "Note",
        "note",
        &[required("org"), optional("num")],
        &[key(&["org", "num"], "user", &["org", "num"])],
        &[to_user("user", Kind::OptionalOne), to_user("owner", Kind::One)],
    );
    assert_eq!(
        problems(&USER, &NOTE),
        ["owner: `One` is required, but `(Note::org, Note::num)` may be NULL\n\
          help: write `Option<One<User>>`, or take the `Option` off the column"]
    );
}

#[test]
fn foreign_keys_choose_among_overlapping_keys() {
    static USER: ModelDecl = model("User", "user", ID, &[], &[]);
    const ORG: ColumnName = ColumnName::new("note", "org");
    const NUM: ColumnName = ColumnName::new("note", "num");
    const OTHER: ColumnName = ColumnName::new("note", "id");
    static NOTE: ModelDecl = model(
        "Note",
        "note",
        &[required("org"), required("num")],
        &[key(&["org"], "user", &["id"]), key(&["org", "num"], "user", &["org", "num"])],
        &[
            RelationDecl { foreign_keys: &[ORG], ..to_user("a", Kind::One) },
            RelationDecl { foreign_keys: &[NUM, ORG], ..to_user("b", Kind::One) },
            RelationDecl { foreign_keys: &[NUM], ..to_user("c", Kind::One) },
            RelationDecl { foreign_keys: &[OTHER], ..to_user("d", Kind::One) },
        ],
    );
    assert_eq!(
        problems(&USER, &NOTE),
        ["d: `foreign_keys` is no foreign key between `Note` and `User`\n\
          help: write `foreign_keys = Note::org` or `(Note::org, Note::num)`"]
    );
}

#[test]
fn a_class_related_to_itself() {
    const ID_OF: ColumnName = ColumnName::new("user", "id");
    static USER: ModelDecl = model(
        "User",
        "user",
        &[required("id").primary_key(true), optional("boss_id")],
        &[key(&["boss_id"], "user", &["id"])],
        &[
            RelationDecl { remote_side: &[ID_OF], ..back(to_user("boss", Kind::OptionalOne), "team") },
            back(to_user("team", Kind::List), "boss"),
            RelationDecl { remote_side: &[ID_OF], ..to_user("bosses", Kind::Set) },
        ],
    );
    static NOTE: ModelDecl = model("Note", "note", ID, &[], &[]);
    assert_eq!(
        problems(&USER, &NOTE),
        ["bosses: the foreign key `User::boss_id` is on this side, so there is one `User` at most\n\
          help: write `Option<One<User>>`, or move the foreign key to `User`"]
    );
}

#[test]
fn many_to_many() {
    static LINK: TableDecl = TableDecl {
        columns: &[required("user_id"), required("note_id")],
        foreign_keys: &[key(&["user_id"], "user", &["id"]), key(&["note_id"], "note", &["id"])],
        ..TableDecl::named("link")
    };
    const BY: SecondaryDecl = SecondaryDecl::Table(&LINK);
    static USER: ModelDecl = model(
        "User",
        "user",
        ID,
        &[],
        &[
            RelationDecl { secondary: BY, ..back(to_note("notes", Kind::Set), "users") },
            RelationDecl { secondary: BY, ..to_note("main", Kind::OptionalOne) },
            RelationDecl { secondary: SecondaryDecl::Named("link"), ..to_note("late", Kind::List) },
        ],
    );
    static NOTE: ModelDecl = model(
        "Note",
        "note",
        ID,
        &[],
        &[RelationDecl { secondary: BY, ..back(to_user("users", Kind::List), "notes") }],
    );
    assert_eq!(problems(&USER, &NOTE), [""; 0]);
}

#[test]
fn what_only_names_or_conditions_tell_is_left_to_configuration() {
    fn condition(_: crate::declare::Asked) -> Result<Tree> {
        Ok(Tree::all([]))
    }
    static USER: ModelDecl = model(
        "User",
        "user",
        ID,
        &[],
        &[RelationDecl {
            primaryjoin: Some(crate::declare::ConditionDecl::Typed(condition)),
            ..back(to_note("notes", Kind::List), "user")
        }],
    );
    static NOTE: ModelDecl = model(
        "Note",
        "note",
        ID,
        &[],
        &[RelationDecl {
            primaryjoin: Some(crate::declare::ConditionDecl::Typed(condition)),
            ..back(RelationDecl::new("user", Kind::OptionalOne, TargetDecl::Named("User")), "notes")
        }],
    );
    assert_eq!(problems(&USER, &NOTE), [""; 0]);
}

#[test]
fn a_class_with_mistakes_of_its_own_is_not_looked_into() {
    static USER: ModelDecl = model("User", "user", ID, &[], &[to_note("notes", Kind::List)]);
    static BROKEN: ModelDecl = model("", "", &[], &[], &[]);
    assert!(check_relationship(&USER, &BROKEN, "notes").is_none());
    assert!(check_relationship(&BROKEN, &USER, "notes").is_none());
}
