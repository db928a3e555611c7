//! What `docs/errors.md` says mends an error does mend it: a test for each code, of the code's name, makes the example
//! right in each way that is said there.

use std::collections::BTreeSet;

use orm::mapper::LateRelationship;
use orm::{Begin, Unsaved, WriteOnly};

use super::*;

/// The text between two others.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split(end).next()
}

/// What of a word of the page has to stand in the code: the type that it leaves open is left out, and of an option who it
/// belongs to.
fn pieces(word: &str) -> impl Iterator<Item = String> {
    let word = word.replace("<T>", "").replace("SessionConfig::", ".").replace("Options::", ".");
    let parts: Vec<String> =
        word.split("...").map(|part| part.trim_end_matches('>').trim().to_owned()).collect();
    parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric))
}

#[test]
fn every_mend_is_tried() {
    let tests = include_str!("mends.rs");
    let docs = include_str!("../../docs/errors.md");
    let mut problems = Vec::new();
    let mut tried = BTreeSet::new();
    for section in docs.split("\n## ").skip(1) {
        let code = section.lines().next().unwrap_or_default();
        let mend = between(section, "*Mend:*", "\n---").unwrap_or_default().trim();
        if mend.starts_with("Please report it") {
            continue;
        }
        let name = code.replace('-', "_");
        let test = between(tests, &format!("#[test]\nfn {name}() -> orm::Result<()> {{\n"), "\n}\n");
        let Some(test) = test.filter(|_| !mend.is_empty()) else {
            problems.push(format!("{code}: no mend, or no test `{name}`"));
            continue;
        };
        tried.insert(code);
        let classes = between(tests, &format!("\nmistaken! {{ {name},"), "\n}\n").unwrap_or_default();
        for word in mend.split('`').skip(1).step_by(2) {
            let missing = pieces(word).any(|piece| !test.contains(&piece) && !classes.contains(&piece));
            if missing {
                problems.push(format!("{code}: `{word}` isn't tried"));
            }
        }
    }
    assert!(
        problems.is_empty(),
        "mends are tried by a test of their code's name:\n  {}",
        problems.join("\n  ")
    );
    assert_eq!(tried.len(), Code::ALL.len() - 2);
}

#[test]
fn configuration() -> orm::Result<()> {
    let error = misspelled::Models::configure().unwrap_err();
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
    unknown_name::Models::configure()
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
    ambiguous_name::Models::configure()
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
    join_condition::Models::configure()
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
    reverse_side::Models::configure()
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
    bad_option::Models::configure()
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

#[test]
fn detached() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    session.close()?;
    assert_eq!(ed.addresses().len().unwrap_err().code(), Code::Detached);
    // Adding it to a session.
    session.add(&ed)?;
    assert_eq!(ed.addresses().len()?, 1);
    // Loading what is needed, and plain values.
    let (value, nested) = (ed.to_value()?, ed.to_value_nested()?);
    session.close()?;
    assert_eq!((ed.addresses().len()?, (&nested.addresses).into_iter().count()), (1, 1));
    assert_eq!(value.name, "ed");
    Ok(())
}

#[test]
fn other_session() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    let other = Session::new(session.engine());
    assert_eq!(other.add(&ed).unwrap_err().code(), Code::OtherSession);
    let merged = other.merge(&ed)?;
    assert_ne!(merged, ed);
    other.close()?;
    session.expunge(&ed)?;
    other.add(&ed)?;
    Ok(())
}

#[test]
fn wrong_state() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(User::builder().name("new"))?;
    assert_eq!(session.delete(&new).unwrap_err().code(), Code::WrongState);
    session.expunge(&new)?;
    let kim = session.get_one::<User>(2)?;
    session.delete(&kim)?;
    let value = kim.to_value()?;
    session.commit()?;
    session.add(value)?;
    session.commit()?;
    // The transaction ends after `each`, or the objects are taken before.
    let within = session.scalars(select(User))?.each(|_| session.commit());
    assert_eq!(within.unwrap_err().code(), Code::WrongState);
    session.scalars(select(User))?.each(|user| user.set_age(30))?;
    session.commit()?;
    for user in session.scalars(select(User))?.all()? {
        user.set_age(31)?;
        session.commit()?;
    }
    Ok(())
}

#[test]
fn duplicate_identity() -> orm::Result<()> {
    let session = filled()?;
    let loaded = session.get_one::<User>(1)?;
    session.expunge(&loaded)?;
    let again = session.get_one::<User>(1)?;
    loaded.set_name("Edward")?;
    assert_eq!(session.add(&loaded).unwrap_err().code(), Code::DuplicateIdentity);
    session.merge(&loaded)?;
    assert_eq!(again.name()?, "Edward");
    Ok(())
}

#[test]
fn object_deleted() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    session.commit()?;
    session.engine().execute_batch("DELETE FROM user WHERE id = 2")?;
    assert_eq!(kim.name().unwrap_err().code(), Code::ObjectDeleted);
    session.expunge(&kim)?;
    assert_eq!(session.get::<User>(2)?, None);
    session.commit()
}

#[test]
fn unset() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(User::builder())?;
    assert_eq!(new.name().unwrap_err().code(), Code::Unset);
    new.set_name("new")?;
    assert_eq!(new.name()?, "new");
    // What the database made is read after the flush.
    assert_eq!(new.id().unwrap_err().code(), Code::Unset);
    session.flush()?;
    assert_eq!(new.id()?, 3);
    Ok(())
}

mistaken! { raise_on_load,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Account {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(cascade = "all, delete-orphan", passive_deletes)]
        pub transfers: WriteOnly<Transfer>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Transfer {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Account::id, on_delete = "cascade")]
        pub account_id: i64,
    }
}

#[test]
fn raise_on_load() -> orm::Result<()> {
    let session = filled()?;
    let note = session.scalars(select(Note).options(selectin(Note::author)))?.one()?;
    assert_eq!(note.author()?.map(|author| author.id()).transpose()?, Some(1));
    let engine = Engine::in_memory()?;
    raise_on_load::Models::create_all(&engine)?;
    let session = Session::new(&engine);
    let account = session.add(raise_on_load::Account::builder().id(1))?;
    session.add(raise_on_load::Transfer::builder().account_id(1))?;
    session.commit()?;
    assert_eq!(session.scalars(account.transfers().select())?.all()?.len(), 1);
    session.delete(&account)?;
    session.commit()?;
    assert!(session.scalars(select(raise_on_load::Transfer))?.all()?.is_empty());
    Ok(())
}

#[test]
fn n_plus_one() -> orm::Result<()> {
    let session = filled()?;
    let config = SessionConfig::default().n_plus_one(NPlusOne::Error);
    for id in 3..20 {
        session.add(User::builder().id(id).name(format!("user {id}")))?;
        session.add(Note::builder().id(id))?;
    }
    session.commit()?;
    let count = |user: &Obj<User>| user.addresses().len();
    let strict = Session::with_config(session.engine(), config);
    let users = strict.scalars(select(User).options(selectin(User::addresses)))?.all()?;
    users.iter().try_for_each(|user| count(user).map(drop))?;
    let strict = Session::with_config(session.engine(), config);
    let users = strict.scalars(select(User).options(batch(User::addresses)))?.all()?;
    users.iter().try_for_each(|user| count(user).map(drop))?;
    let strict = Session::with_config(session.engine(), config.batch(true));
    let users = strict.scalars(select(User))?.all()?;
    users.iter().try_for_each(|user| count(user).map(drop))?;
    // Columns.
    let strict = Session::with_config(session.engine(), config);
    let notes = strict.scalars(select(Note))?.all()?;
    let read = notes.iter().try_for_each(|note| note.text().map(drop));
    assert_eq!(read.unwrap_err().code(), Code::NPlusOne);
    let strict = Session::with_config(session.engine(), config);
    let notes = strict.scalars(select(Note).options(undefer(Note::text)))?.all()?;
    notes.iter().try_for_each(|note| note.text().map(drop))?;
    let strict = Session::with_config(session.engine(), config);
    let notes = strict.scalars(select(Note).options(undefer_group("name")))?.all()?;
    notes.iter().try_for_each(|note| note.summary().map(drop))
}

#[test]
fn busy() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let name = kim.with(|columns| columns.name.known().cloned())?;
    kim.set_name(name.unwrap_or_default() + "berly")
}

#[test]
fn not_in_collection() -> orm::Result<()> {
    let session = filled()?;
    let (ed, kim) = (session.get_one::<User>(1)?, session.get_one::<User>(2)?);
    let of_ed = ed.addresses().get(0)?.unwrap();
    assert!(!kim.addresses().contains(&of_ed)?);
    ed.addresses().remove(&of_ed)?;
    assert_eq!(ed.addresses().len()?, 0);
    Ok(())
}

#[test]
fn index_out_of_range() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    assert_eq!((kim.addresses().len()?, kim.addresses().get(0)?), (0, None));
    Ok(())
}

#[test]
fn missing_related() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let address = session.add(Address::builder().email("new@example.org"))?;
    assert_eq!(session.no_autoflush(|_| address.user()).unwrap_err().code(), Code::MissingRelated);
    address.set_user(&kim)?;
    session.flush()?;
    assert_eq!(address.user()?, kim);
    // `author: Option<One<User>>`, over an `Option`.
    let note = session.add(Note::builder())?;
    let author: Option<Obj<User>> = session.no_autoflush(|_| note.author())?;
    assert_eq!(author, None);
    session.commit()
}

#[test]
fn unknown_attribute() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    let error = Obj::any(&ed).get("nmae").unwrap_err();
    assert!(error.to_string().contains("`name`"), "{error}");
    Obj::any(&ed).get("name").map(drop)
}

#[test]
fn wrong_class() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    assert_eq!(Obj::downcast::<User>(&Obj::any(&ed))?, ed);
    Ok(())
}

#[test]
fn single_parent() -> orm::Result<()> {
    let session = filled()?;
    let desk = session.add(Desk::builder())?;
    let (first, second) = (session.add(Clerk::builder().desk(&desk))?, session.add(Clerk::builder())?);
    assert_eq!(second.set_desk(&desk).unwrap_err().code(), Code::SingleParent);
    first.set_desk(None)?;
    second.set_desk(&desk)?;
    session.add(&desk)?;
    session.commit()
}

#[test]
fn pending_rollback() -> orm::Result<()> {
    let session = filled()?;
    session.add(User::builder().name("ed"))?;
    session.flush().unwrap_err();
    assert_eq!(session.get::<User>(1).unwrap_err().code(), Code::PendingRollback);
    session.rollback()?;
    assert_eq!(session.scalars(select(User))?.all()?.len(), 2);
    // Of a savepoint.
    let part = session.begin_nested()?;
    session.add(User::builder().name("ed"))?;
    session.flush().unwrap_err();
    assert_eq!(session.get::<User>(1).unwrap_err().code(), Code::PendingRollback);
    part.rollback()?;
    assert_eq!(session.scalars(select(User))?.all()?.len(), 2);
    // Of a transaction that the database ended.
    session.commit()?;
    session
        .engine()
        .execute_batch("CREATE TRIGGER t BEFORE UPDATE ON user BEGIN SELECT RAISE(ROLLBACK, 'no'); END")?;
    session.get_one::<User>(1)?.set_age(3)?;
    session.flush().unwrap_err();
    session.rollback()?;
    assert_eq!(session.scalars(select(User))?.all()?.len(), 2);
    Ok(())
}

#[test]
fn no_transaction() -> orm::Result<()> {
    let session = filled()?;
    let part = session.begin_nested()?;
    session.add(User::builder().name("new"))?;
    part.commit()?;
    session.commit()?;
    assert_eq!(session.scalars(select(User))?.all()?.len(), 3);
    Ok(())
}

#[test]
fn stale_data() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    session.connection()?.execute_batch("DELETE FROM user WHERE id = 2")?;
    kim.set_name("Kimberly")?;
    assert_eq!(session.flush().unwrap_err().code(), Code::StaleData);
    session.rollback()?;
    session.refresh(&kim)?;
    kim.set_name("Kimberly")?;
    session.commit()
}

mistaken! { circular_dependency,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Node {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Node::id)]
        pub parent_id: Option<i64>,
        #[relationship(remote_side = Node::id, post_update)]
        pub parent: Option<One<Node>>,
    }
}

#[test]
fn circular_dependency() -> orm::Result<()> {
    let session = filled()?;
    let hen = session.add(Node::builder())?;
    let egg = session.add(Node::builder().parent(&hen))?;
    hen.set_parent(&egg)?;
    assert_eq!(session.flush().unwrap_err().code(), Code::CircularDependency);
    session.rollback()?;
    // Rolled back, both are as they were: not in the session.
    let hen = session.add(Node::builder())?;
    let egg = session.add(Node::builder().parent(&hen))?;
    session.flush()?;
    hen.set_parent(&egg)?;
    session.commit()?;
    assert_eq!((hen.parent()?, egg.parent()?), (Some(egg.clone()), Some(hen.clone())));
    // An `UPDATE` of its own writes the key.
    let engine = Engine::in_memory()?;
    circular_dependency::Models::create_all(&engine)?;
    let session = Session::new(&engine);
    let hen = session.add(circular_dependency::Node::builder())?;
    let egg = session.add(circular_dependency::Node::builder().parent(&hen))?;
    hen.set_parent(&egg)?;
    session.commit()?;
    assert_eq!((hen.parent()?, egg.parent()?), (Some(egg.clone()), Some(hen.clone())));
    Ok(())
}

mistaken! { flush,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Tag {
        #[column(primary_key, generated)]
        pub code: i64,
    }
}

#[test]
fn flush() -> orm::Result<()> {
    let session = filled()?;
    // The key is set.
    session.add(Tag::builder().code("t"))?;
    session.commit()?;
    // The database makes it.
    let engine = Engine::in_memory()?;
    flush::Models::create_all(&engine)?;
    let other = Session::new(&engine);
    let tag = other.add(flush::Tag::builder())?;
    other.commit()?;
    assert_eq!(tag.code()?, 1);
    // Rows that the database ignores.
    session
        .engine()
        .execute_batch("CREATE TRIGGER ignore BEFORE INSERT ON tag BEGIN SELECT RAISE(IGNORE); END")?;
    session.add(Tag::builder().code("u"))?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Flush);
    session.rollback()?;
    let lax = Session::with_config(session.engine(), SessionConfig::default().check_rows(false));
    lax.add(Tag::builder().code("u"))?;
    lax.commit()
}

mistaken! { unsaved,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Quote {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Quote::id)]
        pub source_id: Option<i64>,
        #[relationship(remote_side = Quote::id, cascade = "save-update, merge")]
        pub source: Option<One<Quote>>,
    }
}

#[test]
fn unsaved() -> orm::Result<()> {
    let session = filled()?;
    let related = |session: &Session| -> orm::Result<_> {
        let new = Quote::builder().into_obj()?;
        let quote = session.add(Quote::builder())?;
        quote.set_source(&new)?;
        Ok((new, quote))
    };
    let (new, quote) = related(&session)?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Unsaved);
    session.add(&new)?;
    session.commit()?;
    assert_eq!(quote.source()?, Some(new));
    let (_, quote) = related(&session)?;
    quote.set_source(None)?;
    session.commit()?;
    let saving = SessionConfig::default().unsaved(Unsaved::Save);
    let saving = Session::with_config(session.engine(), saving);
    let (new, quote) = related(&saving)?;
    saving.commit()?;
    assert_eq!(quote.source()?, Some(new));
    let warned = SessionConfig::default().unsaved(Unsaved::Warn);
    let warned = Session::with_config(session.engine(), warned);
    let (_, quote) = related(&warned)?;
    warned.commit()?;
    assert_eq!(quote.source_id()?, None);
    // The cascade.
    let engine = Engine::in_memory()?;
    unsaved::Models::create_all(&engine)?;
    let session = Session::new(&engine);
    let quote = session.add(unsaved::Quote::builder())?;
    quote.set_source(unsaved::Quote::builder())?;
    session.commit()
}

mistaken! { blanked_key,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct User {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
        pub profile: Option<One<Profile>>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Profile {
        #[column(primary_key, foreign_key = User::id)]
        pub user_id: i64,
        #[relationship(back_populates = "profile")]
        pub user: One<User>,
    }
}

#[test]
fn blanked_key() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    if let Some(profile) = ed.profile()? {
        session.delete(&profile)?;
    }
    session.commit()?;
    assert_eq!(ed.profile()?, None);
    let engine = Engine::in_memory()?;
    blanked_key::Models::create_all(&engine)?;
    let session = Session::new(&engine);
    let ed = session.add(blanked_key::User::builder().profile(blanked_key::Profile::builder()))?;
    session.commit()?;
    ed.set_profile(None)?;
    session.commit()?;
    assert!(session.scalars(select(blanked_key::Profile))?.all()?.is_empty());
    Ok(())
}

#[test]
fn no_result() -> orm::Result<()> {
    let session = filled()?;
    let nobody = || select(User).filter(User::id.eq(77));
    assert_eq!(session.get::<User>(77)?, None);
    assert_eq!(session.scalars(nobody())?.first()?, None);
    assert_eq!(session.scalars(nobody())?.one_or_none()?, None);
    Ok(())
}

#[test]
fn multiple_results() -> orm::Result<()> {
    let session = filled()?;
    assert_eq!(session.scalars(select(User).filter(User::name.eq("ed")))?.one()?.id()?, 1);
    assert!(session.scalars(select(User))?.first()?.is_some());
    Ok(())
}

#[test]
fn query() -> orm::Result<()> {
    let session = filled()?;
    let of_ed = select(User).join(User::addresses).filter(Address::email.eq("ed@example.org"));
    assert_eq!(session.scalars(of_ed)?.all()?.len(), 1);
    let of_ed = select(User).filter(User::addresses.any(Address::email.eq("ed@example.org")));
    assert_eq!(session.scalars(of_ed)?.all()?.len(), 1);
    let of_ed = select(Address).filter(Address::user.has(User::name.eq("ed")));
    assert_eq!(session.scalars(of_ed)?.all()?.len(), 1);
    Ok(())
}

mistaken! { bad_key,
    #[derive(Mapped)]
    #[mapped(
        registry = Models,
        proxy(wrong: i64 = jars.size, creator = |_, size| Jar::builder().label("?").size(size)),
        proxy(sizes: i64 = jars.size, creator = |label, size| Jar::builder().label(label).size(size))
    )]
    pub(super) struct Shelf {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(key = Jar::label)]
        pub jars: ManyMap<String, Jar>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct Jar {
        #[column(primary_key)]
        pub id: i64,
        pub label: String,
        pub size: i64,
        #[column(foreign_key = Shelf::id)]
        pub shelf_id: Option<i64>,
    }
}

#[test]
fn bad_key() -> orm::Result<()> {
    let session = filled()?;
    let seat = DefaultRegistry::mapper("Seat")?;
    assert!(session.get_any(seat, &[1.into(), 2.into()])?.is_none());
    let shelf = bad_key::Shelf::builder().into_obj()?;
    assert_eq!(shelf.wrong().insert("jam", 3).unwrap_err().code(), Code::BadKey);
    assert!(shelf.jars().is_empty()?);
    shelf.sizes().insert("jam", 3)?;
    assert_eq!(shelf.sizes().get("jam")?, Some(3));
    Ok(())
}

mistaken! { value,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    pub(super) struct User {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        pub age: Option<u16>,
    }
}

#[test]
fn refused() -> orm::Result<()> {
    let session = filled()?;
    let link = session.add(Link::builder().url("http://example.org"))?;
    assert_eq!(link.set_url("file:///etc").unwrap_err().code(), Code::Refused);
    link.set_url("https://example.org")?;
    assert_eq!(link.url()?, "https://example.org");
    Ok(())
}

#[test]
fn value() -> orm::Result<()> {
    let session = filled()?;
    session.engine().execute_batch("UPDATE user SET age = 300 WHERE id = 1")?;
    assert_eq!(session.get::<User>(1).unwrap_err().code(), Code::Value);
    session.rollback()?;
    // A wider type, and data that are mended.
    let wide = Session::new(session.engine());
    assert_eq!(wide.get_one::<value::User>(1)?.age()?, Some(300));
    wide.close()?;
    session.engine().execute_batch("UPDATE user SET age = 30 WHERE id = 1")?;
    assert_eq!(session.get_one::<User>(1)?.age()?, Some(30));
    Ok(())
}

#[test]
fn integrity() -> orm::Result<()> {
    let session = filled()?;
    session.add(User::builder().name("ed"))?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Integrity);
    session.rollback()?;
    assert_eq!(session.scalars(select(User))?.all()?.len(), 2);
    // In a savepoint the rest goes on.
    let rest = session.add(User::builder().name("rest"))?;
    session.flush()?;
    let part = session.begin_nested()?;
    session.add(User::builder().name("ed"))?;
    session.flush().unwrap_err();
    part.rollback()?;
    session.commit()?;
    assert_eq!(rest.name()?, "rest");
    Ok(())
}

#[test]
fn locked() -> orm::Result<()> {
    let (folder, engine) = file("mend-locked", Engine::options().busy_timeout(Duration::ZERO))?;
    let session = Session::new(&engine);
    let other = engine.connect()?;
    other.execute_batch("BEGIN IMMEDIATE")?;
    session.add(User::builder().name("new"))?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Locked);
    other.execute_batch("COMMIT")?;
    // It was the first statement: the commit is tried again as it is.
    session.commit()?;
    session.close()?;
    drop(other);
    // The whole transaction waits for the other one, and is repeated.
    let waiting = engine.clone();
    let engine = Engine::options().busy_timeout(Duration::from_secs(5)).open(folder.0.join("app.db"))?;
    let (holds, held) = std::sync::mpsc::channel();
    let other = std::thread::spawn(move || -> orm::Result<()> {
        let other = waiting.connect()?;
        other.execute_batch("BEGIN IMMEDIATE")?;
        holds.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        other.execute_batch("COMMIT")
    });
    held.recv().unwrap();
    engine.transaction(|session| session.add(User::builder().name("newer")).map(drop))?;
    other.join().unwrap()?;
    // A transaction that takes the lock at its start has no other between its reading and its writing.
    let eager = Session::with_config(&engine, SessionConfig::default().begin(Begin::Immediate));
    let first = eager.get_one::<User>(1)?;
    let other = engine.connect()?;
    other.execute_batch("UPDATE user SET age = 1 WHERE id = 2").unwrap_err();
    first.set_age(2)?;
    eager.commit()
}

#[test]
fn read_only() -> orm::Result<()> {
    let (folder, engine) = file("mend-read-only", Engine::options())?;
    engine.close();
    let engine = Engine::options().read_only(false).open(folder.0.join("app.db"))?;
    let session = Session::with_config(&engine, SessionConfig::default().read_only(true));
    session.add(User::builder().name("new"))?;
    assert_eq!(session.flush().unwrap_err().code(), Code::ReadOnly);
    session.close()?;
    let session = Session::new(&engine);
    session.add(User::builder().name("new"))?;
    session.commit()
}

#[test]
fn full() -> orm::Result<()> {
    let (folder, engine) = file("mend-full", Engine::options())?;
    engine.close();
    let path = folder.0.join("app.db");
    let engine = Engine::options().pragma("max_page_count", 20).open(&path)?;
    let session = Session::new(&engine);
    session.add(User::builder().name("n".repeat(1_000_000)))?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Full);
    session.rollback()?;
    session.add(User::builder().name("n"))?;
    session.commit()?;
    drop(session);
    engine.close();
    // Room.
    let engine = Engine::open(&path)?;
    let session = Session::new(&engine);
    session.add(User::builder().name("n".repeat(1_000_000)))?;
    session.commit()
}

#[test]
fn corrupt() -> orm::Result<()> {
    let (folder, engine) = file("mend-corrupt", Engine::options())?;
    engine.close();
    let (path, copy) = (folder.0.join("app.db"), folder.0.join("copy.db"));
    std::fs::copy(&path, &copy).unwrap();
    std::fs::write(&path, "this is no database".repeat(100)).unwrap();
    let error = Engine::open(&path).and_then(|engine| engine.connect().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Corrupt);
    // Another file, and the copy in the place of this one.
    let read = |engine: Engine| Session::new(&engine).get::<User>(1).map(drop);
    read(Engine::open(&copy)?)?;
    std::fs::copy(&copy, &path).unwrap();
    read(Engine::open(&path)?)
}

#[test]
fn connection() -> orm::Result<()> {
    let folder = Folder::new("mend-connection");
    let path = folder.0.join("new").join("app.db");
    let error = Engine::open(&path).and_then(|engine| engine.connect().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Connection);
    std::fs::create_dir_all(folder.0.join("new")).unwrap();
    Engine::open(&path)?.connect().map(drop)
}

#[test]
fn database() -> orm::Result<()> {
    use tests::schemas::{Reader, Schemas};

    let engine = Engine::in_memory()?;
    let session = Session::new(&engine);
    assert_eq!(session.get::<User>(1).unwrap_err().code(), Code::Database);
    session.rollback()?;
    DefaultRegistry::create_all(&engine)?;
    assert_eq!(session.get::<User>(1)?, None);
    // Of a schema that the engine doesn't attach.
    assert_eq!(Schemas::create_all(&engine).unwrap_err().code(), Code::Database);
    let engine = Engine::options().attach("archive", ":memory:").in_memory()?;
    Schemas::create_all(&engine)?;
    assert_eq!(Session::new(&engine).get::<Reader>(1)?, None);
    Ok(())
}
