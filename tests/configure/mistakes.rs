//! What configuration refuses though each name in it is right: keys, orders, sides and columns that don't fit.

use expect_test::expect;
use orm::prelude::*;
use orm::{AnyClass, Code};
use tests::{Db, code, warns};

fn causes(error: &orm::Error) -> String {
    let mut lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    lines.sort();
    lines.concat()
}

mod keys {
    use super::*;

    orm::registry!(
        /// Foreign keys that can't be.
        pub Keys
    );

    /// A type whose name doesn't show that it is an `Option`, and one that doesn't show that it is none.
    type Maybe = Option<i64>;
    type Number = i64;

    #[derive(Mapped)]
    #[mapped(registry = Keys, index(columns(code), unique), unique(columns(part, whole)))]
    pub struct Account {
        #[column(primary_key)]
        pub org: i64,
        #[column(primary_key)]
        pub num: i64,
        pub code: i64,
        pub name: String,
        pub part: i64,
        pub whole: i64,
        #[column(unique)]
        pub tag: i64,
    }

    #[derive(Mapped)]
    #[mapped(
        registry = Keys,
        foreign_key(columns(org, num), references(Account::org, Account::num)),
        foreign_key(columns(whole, part), references(Account::whole, Account::part)),
        foreign_key(columns(org, part), references(Account::org, Account::part))
    )]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
        pub org: i64,
        pub num: i64,
        pub part: i64,
        pub whole: i64,
        #[column(foreign_key = Account::code)]
        pub by_index: i64,
        #[column(foreign_key = Account::tag)]
        pub by_unique: i64,
        #[column(foreign_key = Account::num)]
        pub half: i64,
        #[column(foreign_key = Account::name)]
        pub not_unique: String,
        #[column(foreign_key = Account::code, on_delete = "set null")]
        pub may_be_null: Maybe,
        #[column(foreign_key = Account::code, on_delete = "SET NULL")]
        pub is_required: Number,
        #[column(foreign_key = Account::code, on_update = "set default", server_default = "1")]
        pub has_default: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Keys, table = "NOTE")]
    pub struct Loud {
        #[column(primary_key)]
        pub id: i64,
    }
}

#[test]
fn foreign_keys_that_can_not_be() {
    expect![[r#"
        [bad-table] `Note.half`: the foreign key references `account.num`, which isn't unique; help: reference the whole primary key of `account`, org, num, by `#[mapped(foreign_key(columns(...), references(...)))]`
        [bad-table] `Note.is_required`: `on_delete = "set null"`, but `note.is_required` is required; help: make it an `Option`, or let the foreign key say `"cascade"`
        [bad-table] `Note.not_unique`: the foreign key references `account.name`, which isn't unique; help: mark the column that it references as `#[column(unique)]`, or reference the primary key
        [bad-table] `Note.org`: the foreign key references `account.org` and `account.part`, which isn't unique; help: declare them as `#[mapped(unique(columns(...)))]`, or reference the primary key
        [bad-table] `Note`: the tables `NOTE` and `note` differ in the case of letters only; help: give one of them another name by `#[mapped(table = "...")]`
    "#]].assert_eq(&causes(&keys::Keys::configure().unwrap_err()));
}

mod sides {
    use super::*;

    orm::registry!(
        /// Relationships that don't fit their columns.
        pub Sides
    );

    #[derive(Mapped)]
    #[mapped(registry = Sides)]
    pub struct User {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[relationship(foreign_keys = Note::user_id)]
        pub first: Many<Note>,
        #[relationship(foreign_keys = Note::user_id)]
        pub second: Many<Note>,
        #[relationship(foreign_keys = Note::user_id, viewonly)]
        pub read: Many<Note>,
        #[relationship(foreign_keys = Note::user_id, overlaps = "first, second")]
        pub on_purpose: Many<Note>,
        #[relationship(foreign_keys = Note::user_id, order_by = User::name, viewonly)]
        pub ordered_by_its_own: Many<Note>,
        #[relationship(foreign_keys = Note::user_id, order_by = "[Note.id, desc(User.name)]", viewonly)]
        pub ordered_by_a_text: Many<Note>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), foreign_keys = Note::id, viewonly)]
        pub key_outside: Many<Note>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), foreign_keys = "note.usr_id", viewonly)]
        pub no_such_key: Many<Note>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), foreign_keys = "tag.id", viewonly)]
        pub key_of_another_table: Many<Note>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), remote_side = Note::editor_id, viewonly)]
        pub remote_outside: Many<Note>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), single_parent, viewonly)]
        pub one_parent: Many<Note>,
        #[relationship(
            primaryjoin = User::id.eq(Note::editor_id),
            back_populates = "editor",
            overlaps = "editor_of_another"
        )]
        pub edited: Many<Note>,
        #[relationship(foreign_keys = Note::keeper_id, back_populates = "keeper", viewonly)]
        pub kept: Many<Note>,
        #[relationship(secondary = "counted", viewonly)]
        pub read_through_counted: Many<Tag>,
        #[relationship(target = "Tag", secondary = "counted")]
        pub through_counted: Many<AnyClass>,
        #[relationship(
            secondary = Counted,
            primaryjoin = User::id.eq(Counted::user_id),
            secondaryjoin = Counted::tag_id.eq(Tag::id)
        )]
        pub through_counted_by_conditions: Many<Tag>,
        #[relationship(
            secondary = Linked,
            primaryjoin = User::id.eq(Linked::user_id),
            secondaryjoin = Linked::tag_id.eq(Tag::id),
            back_populates = "users"
        )]
        pub tags: Many<Tag>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Sides)]
    pub struct Note {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = User::id)]
        pub user_id: Option<i64>,
        #[column(foreign_key = User::id)]
        pub editor_id: Option<i64>,
        #[column(foreign_key = User::id)]
        pub other_id: i64,
        #[column(foreign_key = User::id)]
        pub keeper_id: Option<i64>,
        #[relationship(foreign_keys = Note::keeper_id, back_populates = "kept", sync_backref, target = "User")]
        pub keeper: Option<One<AnyClass>>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), viewonly)]
        pub required: One<User>,
        #[relationship(target = "User", foreign_keys = "note.user_id", viewonly)]
        pub required_by_name: One<AnyClass>,
        #[relationship(primaryjoin = User::id.eq(Note::user_id), remote_side = Note::user_id, viewonly)]
        pub remote_is_its_own: Option<One<User>>,
        #[relationship(primaryjoin = User::id.eq(Note::other_id), back_populates = "edited")]
        pub editor: Option<One<User>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Sides)]
    pub struct Tag {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(
            secondary = Linked,
            primaryjoin = Tag::id.eq(Linked::other_tag_id),
            secondaryjoin = Linked::user_id.eq(User::id),
            back_populates = "tags"
        )]
        pub users: Many<User>,
    }

    #[derive(Table)]
    #[mapped(registry = Sides)]
    pub struct Linked {
        #[column(primary_key, foreign_key = User::id)]
        pub user_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        pub tag_id: i64,
        #[column(foreign_key = Tag::id)]
        pub other_tag_id: Option<i64>,
    }

    #[derive(Table)]
    #[mapped(registry = Sides)]
    pub struct Counted {
        #[column(primary_key, foreign_key = User::id)]
        pub user_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        pub tag_id: i64,
        pub note: Option<String>,
        #[column(default = 1)]
        pub number: i64,
        #[column(server_default = "1")]
        pub from_database: i64,
        pub required: i64,
    }
}

#[test]
fn sides_that_do_not_fit() {
    expect![[r#"
        [bad-option] `Note.keeper`: `sync_backref`, but its reverse side is only read (`viewonly`); help: remove `sync_backref`
        [bad-option] `Note.required_by_name`: `One` is required, but `Note::user_id` may be NULL; help: write `Option<One<User>>`, or take the `Option` off the column
        [bad-option] `Note.required`: `One` is required, but `Note.user_id` may be NULL; help: write `Option<One<User>>`, or take the `Option` off the column
        [bad-option] `User.edited`: `overlaps` names `editor_of_another`, which writes none of its columns; help: remove it
        [bad-option] `User.one_parent`: `single_parent`, but the foreign key is on the other side, so that each `Note` has one parent anyway; help: remove it
        [bad-option] `User.ordered_by_a_text`: `order_by` names `user.name`, which is no column of what it leads to; help: order by columns of `Note`
        [bad-option] `User.ordered_by_its_own`: `order_by` names `user.name`, which is no column of what it leads to; help: order by columns of `Note`
        [bad-option] `User.second`: it writes `note.user_id`, as `User.first` does; help: name each other by `back_populates`, mark one as `viewonly`, or say `overlaps = "first"`
        [bad-table] `Tag.users`: the association table needs `linked.tag_id`, which no link has; help: make it an `Option`, give it a default, or write `viewonly` and add rows by a class of that table
        [bad-table] `User.through_counted_by_conditions`: the association table needs `counted.required`, which no link has; help: make it an `Option`, give it a default, or write `viewonly` and add rows by a class of that table
        [bad-table] `User.through_counted`: the association table needs `counted.required`, which no link has; help: make it an `Option`, give it a default, or write `viewonly` and add rows by a class of that table
        [join-condition] `Note.remote_is_its_own`: `note.user_id` is said to be remote, but it is a column of the class itself; help: `remote()` and `remote_side` are for a class that leads to itself: remove them
        [join-condition] `User.key_of_another_table`: `foreign_keys` names a column of `tag`, which isn't part of the relationship; help: name columns of `user` and `note`
        [join-condition] `User.key_outside`: `foreign_keys` names `note.id`, which the condition doesn't compare; help: the condition compares `user.id`, `note.user_id`
        [join-condition] `User.remote_outside`: `remote_side` names `note.editor_id`, which the condition doesn't compare; help: the condition compares `user.id`, `note.user_id`
        [reverse-side] `Note.editor`: its reverse side `User.edited` is joined by other columns; help: say what joins them on one side only, and the other takes it from there
        [reverse-side] `User.edited`: its reverse side `Note.editor` is joined by other columns; help: say what joins them on one side only, and the other takes it from there
        [unknown-name] `User.no_such_key`: `foreign_keys` names `note.usr_id`, which isn't there; help: did you mean `note.user_id`?
    "#]].assert_eq(&causes(&sides::Sides::configure().unwrap_err()));
}

mod unclear {
    use super::*;

    orm::registry!(
        /// A class of itself with a condition of which nobody can say whose columns it has.
        pub Unclear
    );

    #[derive(Mapped)]
    #[mapped(registry = Unclear)]
    pub struct Node {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Node::id)]
        pub parent_id: Option<i64>,
        #[relationship(primaryjoin = Node::id.eq(Node::parent_id).and(Node::id.gt(0)))]
        pub children: Many<Node>,
    }
}

#[test]
fn a_condition_of_which_nobody_knows_whose_it_is() {
    warns(
        expect![[r#"
            WARN orm::mapper message=`Node.children`: `node.id` could belong to either row of `node`, and is taken for one of the class itself; mark the columns of the row that the relationship leads to by `remote()`
        "#]],
        || unclear::Unclear::configure().unwrap(),
    );
}

orm::registry!(
    /// Without a class.
    pub Empty
);

/// The tables are another registry's, and it would be found out late that none were made.
#[test]
fn a_registry_without_classes() {
    let db = Db::empty();
    let error = Empty::create_all(&db.engine).unwrap_err();
    let text = error.to_string();
    // Which class it names is the linker's affair.
    let class = text.split('`').nth(3).unwrap_or_default();
    expect!["[bad-table] the registry `Empty` has no class and no table, but another one has, as `A`; help: write `#[mapped(registry = Empty)]` at the classes of this one; those that name none are in `DefaultRegistry`"]
        .assert_eq(&text.replace(&format!("as `{class}`"), "as `A`"));
    assert_eq!(error.code(), Code::BadTable);
    // It is no mistake to have none and to make none.
    Empty::configure().unwrap();
}

mod defaults {
    use super::*;

    orm::registry!(
        /// A default that is no SQL.
        pub Defaults
    );

    #[derive(Mapped)]
    #[mapped(registry = Defaults)]
    pub struct Setting {
        #[column(primary_key)]
        pub id: i64,
        #[column(server_default = "'red'")]
        pub color: String,
        #[column(name = "the_size", server_default = "no such")]
        pub size: i64,
    }
}

#[test]
fn a_default_that_the_database_refuses() {
    let db = Db::empty();
    let error = defaults::Defaults::create_all(&db.engine).unwrap_err();
    assert_eq!(
        (error.code(), error.class(), error.attribute()),
        (Code::Database, Some("Setting"), Some("size"))
    );
    expect![[r#"[database] `Setting.size`: near "such": syntax error (at byte 142); help: its `server_default` is no SQL that the database takes: a literal, or an expression in brackets"#]].assert_eq(&error.to_string());
    // Nothing stays of what was tried.
    assert_eq!(db.rows("SELECT count(*) FROM sqlite_schema"), "0\n");
    assert_eq!(code(db.session().get::<defaults::Setting>(1)), Code::Database);
}
