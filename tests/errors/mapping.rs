//! Mistakes of mappings: each is caused as `docs/errors.md` says, then mended in each way that is said there.

use orm::mapper::LateRelationship;

use super::*;

mistaken! { misspelled,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(target = "Pots", foreign_keys = "post.user_id")]
        posts: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
    }
}

#[test]
fn configuration() -> orm::Result<()> {
    let error = misspelled::Models::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    assert_eq!(error.causes().len(), 1);
    // Mended.
    let cause = &error.causes()[0];
    assert_eq!((cause.class(), cause.attribute()), (Some("User"), Some("posts")));
    assert!(cause.to_string().contains("did you mean `Post`?"), "{cause}");
    unknown_name::Models::configure()
}

mistaken! { unknown_name,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        // The name corrected.
        #[relationship(target = "Post", foreign_keys = "post.user_id")]
        posts: Many<AnyClass>,
        // The class by its type.
        #[relationship(viewonly)]
        same_posts: Many<Post>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
    }
}

#[test]
fn unknown_name() -> orm::Result<()> {
    // #[relationship(target = "Pots", foreign_keys = "post.user_id")]
    // posts: Many<AnyClass>,
    let error = misspelled::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::UnknownName);
    // Mended.
    unknown_name::Models::configure()
}

mistaken! { ambiguous,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(target = "Post", foreign_keys = "blog_post.user_id")]
        posts: Many<AnyClass>,
    }

    mod blog {
        use super::*;

        #[derive(Mapped)]
        #[mapped(registry = Models, table = "blog_post")]
        struct Post {
            #[column(primary_key)]
            id: i64,
            #[column(foreign_key = User::id)]
            user_id: i64,
        }
    }

    mod mail {
        use super::*;

        #[derive(Mapped)]
        #[mapped(registry = Models, table = "mail_post")]
        struct Post {
            #[column(primary_key)]
            id: i64,
        }
    }
}

mistaken! { ambiguous_name,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(target = "blog::Post", foreign_keys = "blog_post.user_id")]
        posts: Many<AnyClass>,
    }

    mod blog {
        use super::*;

        #[derive(Mapped)]
        #[mapped(registry = Models, table = "blog_post")]
        struct Post {
            #[column(primary_key)]
            id: i64,
            #[column(foreign_key = User::id)]
            user_id: i64,
        }
    }

    mod mail {
        use super::*;

        #[derive(Mapped)]
        #[mapped(registry = Models, table = "mail_post")]
        struct Post {
            #[column(primary_key)]
            id: i64,
        }
    }
}

#[test]
fn ambiguous_name() -> orm::Result<()> {
    // #[relationship(target = "Post", foreign_keys = "blog_post.user_id")], and there are blog::Post and mail::Post
    let error = ambiguous::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::AmbiguousName);
    // Mended.
    ambiguous_name::Models::configure()
}

mistaken! { unjoined,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(target = "Post")]
        posts: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
    }
}

mistaken! { join_condition,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        // The foreign key declared.
        #[relationship(target = "Post")]
        posts: Many<AnyClass>,
        // Which one to take.
        #[relationship(target = "Letter", foreign_keys = "letter.sender_id")]
        sent: Many<AnyClass>,
        // The condition, with the columns marked that hold a key.
        #[relationship(primaryjoin = User::id.eq(Draft::user_id.foreign()))]
        drafts: Many<Draft>,
        // A condition without an equality.
        #[relationship(primaryjoin = User::id.gt(Draft::user_id.foreign()), viewonly)]
        drafts_before: Many<Draft>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Letter {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        sender_id: i64,
        #[column(foreign_key = User::id)]
        receiver_id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Draft {
        #[column(primary_key)]
        id: i64,
        user_id: i64,
    }
}

#[test]
fn join_condition() -> orm::Result<()> {
    // #[relationship(target = "Post")] where neither table references the other
    let error = unjoined::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::JoinCondition);
    // Mended.
    join_condition::Models::configure()
}

mistaken! { one_sided,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        #[relationship(target = "Post", back_populates = "writer")]
        posts: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
    }
}

mistaken! { reverse_side,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        // It leads back, and names this one.
        #[relationship(target = "Post", back_populates = "writer")]
        posts: Many<AnyClass>,
        // One side alone says what joins them.
        #[relationship(target = "Letter", back_populates = "sender", foreign_keys = "letter.sender_id")]
        letters: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
        #[relationship(target = "User", back_populates = "posts")]
        writer: One<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Letter {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        sender_id: i64,
        #[column(foreign_key = User::id)]
        receiver_id: i64,
        #[relationship(target = "User", back_populates = "letters")]
        sender: One<AnyClass>,
    }
}

#[test]
fn reverse_side() -> orm::Result<()> {
    // #[relationship(target = "Post", back_populates = "writer")], and Post has no `writer`
    let error = one_sided::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::ReverseSide);
    // Mended.
    reverse_side::Models::configure()
}

mistaken! { wrong_kind,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
        #[relationship(target = "User")]
        author: Many<AnyClass>,
    }
}

mistaken! { bad_option,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        // Another type of the field; `delete-orphan` on the side of the one.
        #[relationship(target = "Post", back_populates = "author", cascade = "all, delete-orphan")]
        posts: Many<AnyClass>,
        // Two that write a column.
        #[relationship(target = "Post", viewonly)]
        read_posts: Many<AnyClass>,
        #[relationship(target = "Post", overlaps = "posts, author")]
        more_posts: Many<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
        #[relationship(target = "User", back_populates = "posts")]
        author: One<AnyClass>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Note {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: Option<i64>,
        // Another name than that of `User.posts`.
        #[relationship(target = "User", backref = "notes")]
        user: Option<One<AnyClass>>,
    }
}

#[test]
fn bad_option() -> orm::Result<()> {
    // #[relationship(target = "User")] author: Many<AnyClass>, with the foreign key in this table
    let error = wrong_kind::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::BadOption);
    // Mended.
    bad_option::Models::configure()
}

mistaken! { twice,
    #[derive(Mapped)]
    #[mapped(registry = Models, table = "post")]
    struct Post {
        #[column(primary_key)]
        id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models, table = "post")]
    struct Draft {
        #[column(primary_key)]
        id: i64,
    }
}

mistaken! { bad_table,
    #[derive(Mapped)]
    #[mapped(registry = Models, table = "post")]
    struct Post {
        #[column(primary_key)]
        id: i64,
        #[column(unique)]
        slug: String,
        #[relationship(secondary = Tagged)]
        tags: Many<Tag>,
    }

    // Another name.
    #[derive(Mapped)]
    #[mapped(registry = Models, table = "draft")]
    struct Draft {
        #[column(primary_key)]
        id: i64,
        // What is unique.
        #[column(foreign_key = Post::slug)]
        slug: String,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Tag {
        #[column(primary_key)]
        id: i64,
    }

    // No link fills these columns.
    #[derive(Table)]
    #[mapped(registry = Models)]
    struct Tagged {
        #[column(primary_key, foreign_key = Post::id)]
        post_id: i64,
        #[column(primary_key, foreign_key = Tag::id)]
        tag_id: i64,
        weight: Option<i64>,
        #[column(server_default = "0")]
        place: i64,
    }
}

#[test]
fn bad_table() -> orm::Result<()> {
    // two structs with #[mapped(table = "post")]
    let error = twice::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::BadTable);
    // Mended.
    let engine = Engine::in_memory()?;
    // What the database has is declared.
    engine.execute_batch("CREATE TABLE tag (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")?;
    bad_table::Models::autoload("Tag", &engine)?;
    bad_table::Models::create_all(&engine)
}

mistaken! { configured,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct User {
        #[column(primary_key)]
        id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Note {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
    }

    pub(super) static LINKED: LateRelationship<Note, One<User>> =
        LateRelationship::new("user").back_populates("notes");
    orm::late!(Models: LINKED);
}

#[test]
fn configured() -> orm::Result<()> {
    DefaultRegistry::configure()?;
    let notes = NewRelationship::many("notes", "Note");
    let error = DefaultRegistry::add_relationship("User", notes).unwrap_err();
    assert_eq!(error.code(), Code::Configured);
    // Mended.
    // Before `configure()` and `create_all()`.
    let notes = NewRelationship::many("notes", "Note").back_populates("user");
    configured::Models::add_relationship("User", notes)?;
    configured::Models::configure()?;
    let engine = Engine::in_memory()?;
    configured::Models::create_all(&engine)?;
    assert!(configured::Models::mapper("User")?.relationship("notes").is_ok());
    // `orm::late!` is never too late.
    assert!(configured::Models::mapper("Note")?.relationship("user").is_ok());
    Ok(())
}
