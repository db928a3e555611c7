// What messages of relationships say is to be written: each of these was an error before.
use orm::prelude::*;

// `reverse_missing_many_to_many.rs`
mod links {
    use super::*;

    #[derive(Mapped)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(secondary = Link, back_populates = "users")]
        tags: Many<Tag>,
    }

    #[derive(Table)]
    struct Link {
        #[column(primary_key, foreign_key = User::id)]
        user_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        tag_id: i64,
    }

    #[derive(Mapped)]
    struct Tag {
        #[column(primary_key)]
        id: i64,
        #[relationship(back_populates = "tags", secondary = "link")]
        users: Many<User>,
    }
}

// `reverse_missing_of_itself.rs`
mod itself {
    use super::*;

    #[derive(Mapped)]
    struct Node {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = Node::id)]
        parent_id: Option<i64>,
        #[column(foreign_key = Node::id)]
        first_id: Option<i64>,
        #[relationship(back_populates = "parent", foreign_keys = Node::parent_id)]
        children: Many<Node>,
        #[relationship(back_populates = "children", foreign_keys = Node::parent_id, remote_side = Node::id)]
        parent: Option<One<Node>>,
    }
}

// `no_foreign_key_composite.rs`
mod composite {
    use super::*;

    #[derive(Mapped)]
    struct Account {
        #[column(primary_key)]
        org: i64,
        #[column(primary_key)]
        num: i64,
        notes: Many<Note>,
        #[relationship(secondary = Link)]
        tags: Many<Note>,
    }

    #[derive(Mapped)]
    #[mapped(foreign_key(columns(org, num), references(Account::org, Account::num)))]
    struct Note {
        #[column(primary_key)]
        id: i64,
        org: i64,
        num: i64,
    }

    #[derive(Table)]
    #[mapped(foreign_key(columns(org, num), references(Account::org, Account::num)))]
    struct Link {
        #[column(primary_key, foreign_key = Note::id)]
        note_id: i64,
        #[column(primary_key)]
        org: i64,
        #[column(primary_key)]
        num: i64,
    }
}

// `single_parent_of_many.rs`, `foreign_keys_outside.rs`, `remote_side_of_another_class.rs`
mod named {
    use super::*;

    #[derive(Mapped)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(foreign_keys = Note::user_id, remote_side = Note::user_id, back_populates = "user")]
        notes: Many<Note>,
    }

    #[derive(Mapped)]
    struct Note {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
        #[relationship(remote_side = User::id, back_populates = "notes")]
        user: One<User>,
    }
}

// `backref_declared.rs`
mod declared {
    use super::*;

    #[derive(Mapped)]
    struct Tag {
        #[column(primary_key)]
        id: i64,
        #[relationship(secondary = Link, back_populates = "tags")]
        notes: Many<Note>,
        #[relationship(back_populates = "marks")]
        first_of: Option<One<Note>>,
        #[column(foreign_key = Note::id)]
        first_of_id: Option<i64>,
        place: i64,
    }

    #[derive(Table)]
    struct Link {
        #[column(primary_key, foreign_key = Tag::id)]
        tag_id: i64,
        #[column(primary_key, foreign_key = Note::id)]
        note_id: i64,
    }

    #[derive(Mapped)]
    struct Note {
        #[column(primary_key)]
        id: i64,
        #[relationship(
            secondary = Link,
            back_populates = "notes",
            key = Tag::id,
            ignore_unpopulated_attribute,
            validate = any,
            validate_removes = any,
            validate_backrefs = false
        )]
        tags: ManyMap<i64, Tag>,
        #[relationship(back_populates = "first_of", ordered_by = Tag::place, count_from = 1, reorder_on_append)]
        marks: Many<Tag>,
    }

    fn any(_: &Obj<Tag>) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
