//! An error of each code, caused as `docs/errors.md` says. Its examples are taken from here, word for word.

use std::path::PathBuf;
use std::time::Duration;

use orm::engine::Connection;
use orm::mapper::NewRelationship;
use orm::prelude::*;
use orm::sqlite::{Engine, Options};
use orm::{AnyClass, Code, Constraint, Fault, NPlusOne, SessionConfig};

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[column(unique)]
    name: String,
    age: Option<u8>,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
    addresses: Many<Address>,
    #[relationship(back_populates = "user")]
    profile: Option<One<Profile>>,
}

#[derive(Mapped)]
struct Address {
    #[column(primary_key)]
    id: i64,
    email: String,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "addresses")]
    user: One<User>,
}

fn only_http(url: String) -> Result<String, &'static str> {
    if url.starts_with("http") { Ok(url) } else { Err("only what begins with `http`") }
}

#[derive(Mapped)]
struct Link {
    #[column(primary_key)]
    id: i64,
    #[column(validate = only_http)]
    url: String,
}

#[derive(Mapped)]
struct Profile {
    #[column(primary_key, foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "profile")]
    user: One<User>,
}

#[derive(Mapped)]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    author_id: Option<i64>,
    #[relationship(lazy = "raise")]
    author: Option<One<User>>,
    #[column(deferred)]
    text: Option<String>,
    #[column(deferred_group = "name")]
    summary: Option<String>,
}

#[derive(Mapped)]
struct Quote {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Quote::id)]
    source_id: Option<i64>,
    #[relationship(remote_side = Quote::id, cascade = "merge")]
    source: Option<One<Quote>>,
}

#[derive(Mapped)]
struct Node {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Node::id)]
    parent_id: Option<i64>,
    #[relationship(remote_side = Node::id)]
    parent: Option<One<Node>>,
}

#[derive(Mapped)]
struct Clerk {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = Desk::id)]
    desk_id: Option<i64>,
    #[relationship(cascade = "all, delete-orphan", single_parent)]
    desk: Option<One<Desk>>,
}

#[derive(Mapped)]
struct Desk {
    #[column(primary_key)]
    id: i64,
}

#[derive(Mapped)]
struct Seat {
    #[column(primary_key)]
    row: i64,
    #[column(primary_key)]
    number: i64,
}

#[derive(Mapped)]
struct Tag {
    #[column(primary_key)]
    code: String,
}

/// Registries with a mistake each.
macro_rules! mistaken {
    ($name:ident, $($items:tt)*) => {
        #[allow(dead_code, reason = "only configured")]
        mod $name {
            use super::*;
            orm::registry!(pub(super) Models);
            $($items)*
        }
    };
}

#[path = "errors/mends.rs"]
mod mends;

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

/// A folder that is gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("orm-test-errors-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file with the tables.
fn file(test: &str, options: Options) -> orm::Result<(Folder, Engine)> {
    let folder = Folder::new(test);
    let engine = options.open(folder.0.join("app.db"))?;
    DefaultRegistry::create_all(&engine)?;
    Ok((folder, engine))
}

/// A session over two users.
fn filled() -> orm::Result<Session> {
    let engine = Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    let ed = session.add(User::builder().id(1).name("ed").profile(Profile::builder()))?;
    ed.addresses().append(Address::builder().email("ed@example.org"))?;
    session.add(User::builder().id(2).name("kim"))?;
    session.add(Note::builder().id(1).author(&ed))?;
    session.commit()?;
    drop(ed);
    session.close()?;
    Ok(session)
}

#[test]
fn the_documentation_shows_these_examples() {
    let trim = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let tests = trim(include_str!("errors.rs"));
    let docs = include_str!("../docs/errors.md");
    let mut codes = Vec::new();
    for section in docs.split("\n## ").skip(1) {
        let code = section.lines().next().unwrap_or_default();
        codes.push(code);
        let Some((_, example)) = section.split_once("```rust\n") else { continue };
        let example = trim(example.split("\n```").next().unwrap_or_default());
        let start = format!("fn {}() -> orm::Result<()> {{", code.replace('-', "_"));
        let (_, test) = tests.split_once(&start).unwrap_or_else(|| panic!("`{code}` has no test"));
        let test = test.split("\nOk(())").next().unwrap_or_default();
        assert!(test.contains(&example), "the example of `{code}` isn't in its test");
    }
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes, all);
}

#[test]
fn configuration() -> orm::Result<()> {
    let error = misspelled::Models::configure().unwrap_err();
    assert_eq!(error.code(), Code::Configuration);
    assert_eq!(error.causes().len(), 1);
    Ok(())
}

#[test]
fn unknown_name() -> orm::Result<()> {
    // #[relationship(target = "Pots", foreign_keys = "post.user_id")]
    // posts: Many<AnyClass>,
    let error = misspelled::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::UnknownName);
    Ok(())
}

#[test]
fn ambiguous_name() -> orm::Result<()> {
    // #[relationship(target = "Post", foreign_keys = "blog_post.user_id")], and there are blog::Post and mail::Post
    let error = ambiguous::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::AmbiguousName);
    Ok(())
}

#[test]
fn join_condition() -> orm::Result<()> {
    // #[relationship(target = "Post")] where neither table references the other
    let error = unjoined::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::JoinCondition);
    Ok(())
}

#[test]
fn reverse_side() -> orm::Result<()> {
    // #[relationship(target = "Post", back_populates = "writer")], and Post has no `writer`
    let error = one_sided::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::ReverseSide);
    Ok(())
}

#[test]
fn bad_option() -> orm::Result<()> {
    // #[relationship(target = "User")] author: Many<AnyClass>, with the foreign key in this table
    let error = wrong_kind::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::BadOption);
    Ok(())
}

#[test]
fn bad_table() -> orm::Result<()> {
    // two structs with #[mapped(table = "post")]
    let error = twice::Models::configure().unwrap_err();
    assert_eq!(error.causes()[0].code(), Code::BadTable);
    Ok(())
}

#[test]
fn configured() -> orm::Result<()> {
    DefaultRegistry::configure()?;
    let notes = NewRelationship::many("notes", "Note");
    let error = DefaultRegistry::add_relationship("User", notes).unwrap_err();
    assert_eq!(error.code(), Code::Configured);
    Ok(())
}

#[test]
fn detached() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    session.close()?;
    let error = ed.addresses().iter().unwrap_err();
    assert_eq!(error.code(), Code::Detached);
    Ok(())
}

#[test]
fn other_session() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    let other = Session::new(session.engine());
    let error = other.add(&ed).unwrap_err();
    assert_eq!(error.code(), Code::OtherSession);
    Ok(())
}

#[test]
fn wrong_state() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(User::builder().name("new"))?;
    let error = session.delete(&new).unwrap_err();
    assert_eq!(error.code(), Code::WrongState);
    Ok(())
}

#[test]
fn duplicate_identity() -> orm::Result<()> {
    let session = filled()?;
    let loaded = session.get_one::<User>(1)?;
    session.expunge(&loaded)?;
    let again = session.get_one::<User>(1)?;
    let error = session.add(&loaded).unwrap_err();
    assert_eq!(error.code(), Code::DuplicateIdentity);
    let _ = again;
    Ok(())
}

#[test]
fn object_deleted() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    session.commit()?;
    session.commit()?;
    session.engine().execute_batch("DELETE FROM user WHERE id = 2")?;
    let error = kim.name().unwrap_err();
    assert_eq!(error.code(), Code::ObjectDeleted);
    Ok(())
}

#[test]
fn unset() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(User::builder())?;
    let error = new.name().unwrap_err();
    assert_eq!(error.code(), Code::Unset);
    Ok(())
}

#[test]
fn raise_on_load() -> orm::Result<()> {
    let session = filled()?;
    let note = session.get_one::<Note>(1)?;
    // #[relationship(lazy = "raise")] author: Option<One<User>>
    let error = note.author().unwrap_err();
    assert_eq!(error.code(), Code::RaiseOnLoad);
    Ok(())
}

#[test]
fn n_plus_one() -> orm::Result<()> {
    let filling = filled()?;
    filling.add_all((3..20).map(|number| User::builder().name(number.to_string())))?;
    filling.commit()?;
    let engine = filling.engine();
    let config = SessionConfig::default().n_plus_one(NPlusOne::Error);
    let session = Session::with_config(engine, config);
    let users = session.scalars(select(User))?.all()?;
    let count = |user: &Obj<User>| user.addresses().len();
    let error = users.iter().try_for_each(|user| count(user).map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::NPlusOne);
    Ok(())
}

#[test]
fn busy() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    ed.name()?;
    let error = ed.with(|_| ed.set_name("Edward"))?.unwrap_err();
    assert_eq!(error.code(), Code::Busy);
    Ok(())
}

#[test]
fn not_in_collection() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let of_ed = session.get_one::<Address>(1)?;
    let error = kim.addresses().remove(&of_ed).unwrap_err();
    assert_eq!(error.code(), Code::NotInCollection);
    Ok(())
}

#[test]
fn index_out_of_range() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let error = kim.addresses().pop().unwrap_err();
    assert_eq!(error.code(), Code::IndexOutOfRange);
    Ok(())
}

#[test]
fn missing_related() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(Address::builder().email("new@example.org"))?;
    let error = session.no_autoflush(|_| new.user()).unwrap_err();
    assert_eq!(error.code(), Code::MissingRelated);
    Ok(())
}

#[test]
fn unknown_attribute() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    let error = Obj::any(&ed).get("nmae").unwrap_err();
    assert_eq!(error.code(), Code::UnknownAttribute);
    Ok(())
}

#[test]
fn wrong_class() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    let error = Obj::downcast::<Address>(&Obj::any(&ed)).unwrap_err();
    assert_eq!(error.code(), Code::WrongClass);
    Ok(())
}

#[test]
fn single_parent() -> orm::Result<()> {
    let session = filled()?;
    let first = session.add(Clerk::builder())?;
    let second = session.add(Clerk::builder())?;
    let desk = session.add(Desk::builder())?;
    // #[relationship(cascade = "all, delete-orphan", single_parent)] desk: Option<One<Desk>>
    first.set_desk(&desk)?;
    let error = second.set_desk(&desk).unwrap_err();
    assert_eq!(error.code(), Code::SingleParent);
    Ok(())
}

#[test]
fn pending_rollback() -> orm::Result<()> {
    let session = filled()?;
    session.add(User::builder().name("ed"))?;
    session.flush().unwrap_err();
    let error = session.scalars(select(User))?.all().unwrap_err();
    assert_eq!(error.code(), Code::PendingRollback);
    session.rollback()?;
    Ok(())
}

#[test]
fn no_transaction() -> orm::Result<()> {
    let session = filled()?;
    let part = session.begin_nested()?;
    session.rollback()?;
    let error = part.commit().unwrap_err();
    assert_eq!(error.code(), Code::NoTransaction);
    Ok(())
}

#[test]
fn stale_data() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    session.connection()?.execute_batch("DELETE FROM user WHERE id = 2")?;
    kim.set_name("Kimberly")?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::StaleData);
    Ok(())
}

#[test]
fn circular_dependency() -> orm::Result<()> {
    let session = filled()?;
    let hen = session.add(Node::builder())?;
    let egg = session.add(Node::builder().parent(&hen))?;
    hen.set_parent(&egg)?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::CircularDependency);
    Ok(())
}

#[test]
fn flush() -> orm::Result<()> {
    let session = filled()?;
    // #[column(primary_key)] code: String, in a table that allows NULL
    session.engine().execute_batch("DROP TABLE tag; CREATE TABLE tag (code TEXT PRIMARY KEY)")?;
    session.add(Tag::builder())?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Flush);
    Ok(())
}

#[test]
fn blanked_key() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    // Profile's primary key is its foreign key to User
    ed.set_profile(None)?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::BlankedKey);
    Ok(())
}

#[test]
fn no_result() -> orm::Result<()> {
    let session = filled()?;
    let error = session.get_one::<User>(77).unwrap_err();
    assert_eq!(error.code(), Code::NoResult);
    Ok(())
}

#[test]
fn unsaved() -> orm::Result<()> {
    let session = filled()?;
    // #[relationship(cascade = "merge")] source: Option<One<Quote>>, without `save-update`
    let new = Quote::builder().into_obj()?;
    let quote = session.add(Quote::builder())?;
    quote.set_source(&new)?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Unsaved);
    session.add(&new)?;
    session.flush()?;
    Ok(())
}

#[test]
fn multiple_results() -> orm::Result<()> {
    let session = filled()?;
    let error = session.scalars(select(User))?.one().unwrap_err();
    assert_eq!(error.code(), Code::MultipleResults);
    Ok(())
}

#[test]
fn query() -> orm::Result<()> {
    let session = filled()?;
    let error = session.scalars(select(User).filter(Address::email.eq("ed@example.org")))?.all().unwrap_err();
    assert_eq!(error.code(), Code::Query);
    Ok(())
}

#[test]
fn bad_key() -> orm::Result<()> {
    let session = filled()?;
    // Seat's primary key is (row, number)
    let seat = DefaultRegistry::mapper("Seat")?;
    let error = session.get_any(seat, &[1.into()]).unwrap_err();
    assert_eq!(error.code(), Code::BadKey);
    Ok(())
}

#[test]
fn refused() -> orm::Result<()> {
    let session = filled()?;
    // #[column(validate = only_http)], where fn only_http(url: String) -> Result<String, &'static str>
    let link = session.add(Link::builder().url("http://example.org"))?;
    let error = link.set_url("file:///etc").unwrap_err();
    assert_eq!(error.code(), Code::Refused);
    assert_eq!((error.class(), error.attribute()), (Some("Link"), Some("url")));
    assert_eq!(link.url()?, "http://example.org");
    Ok(())
}

#[test]
fn value() -> orm::Result<()> {
    let session = filled()?;
    // age: Option<u8>
    session.engine().execute_batch("UPDATE user SET age = 300 WHERE id = 1")?;
    let error = session.get::<User>(1).unwrap_err();
    assert_eq!(error.code(), Code::Value);
    Ok(())
}

#[test]
fn integrity() -> orm::Result<()> {
    let session = filled()?;
    session.add(User::builder().name("ed"))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Integrity);
    assert_eq!(error.driver().map(|said| said.fault()), Some(Fault::Constraint(Constraint::Unique)));
    assert_eq!((error.class(), error.attribute()), (Some("User"), Some("name")));
    Ok(())
}

#[test]
fn locked() -> orm::Result<()> {
    let (folder, engine) = file("locked", Engine::options().busy_timeout(Duration::ZERO))?;
    let session = Session::new(&engine);
    let other = engine.connect()?;
    other.execute_batch("BEGIN IMMEDIATE")?;
    session.add(User::builder().name("new"))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Locked);
    drop(folder);
    Ok(())
}

#[test]
fn read_only() -> orm::Result<()> {
    let (folder, engine) = file("read-only", Engine::options())?;
    engine.close();
    let path = folder.0.join("app.db");
    let engine = Engine::options().read_only(true).open(&path)?;
    let session = Session::new(&engine);
    session.add(User::builder().name("new"))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::ReadOnly);
    Ok(())
}

#[test]
fn full() -> orm::Result<()> {
    let (folder, engine) = file("full", Engine::options())?;
    engine.close();
    let path = folder.0.join("app.db");
    let engine = Engine::options().pragma("max_page_count", 20).open(&path)?;
    let session = Session::new(&engine);
    session.add(User::builder().name("n".repeat(1_000_000)))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Full);
    Ok(())
}

#[test]
fn corrupt() -> orm::Result<()> {
    let folder = Folder::new("corrupt");
    let path = folder.0.join("app.db");
    std::fs::write(&path, "this is no database".repeat(100)).unwrap();
    let opened = Engine::open(&path);
    let error = opened.and_then(|engine| engine.connect().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Corrupt);
    Ok(())
}

#[test]
fn connection() -> orm::Result<()> {
    let opened = Engine::open("/no/such/folder/app.db");
    let error = opened.and_then(|engine| engine.connect().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Connection);
    Ok(())
}

#[test]
fn database() -> orm::Result<()> {
    let session = filled()?;
    let error = session.engine().execute_batch("SELECT * FROM usr").unwrap_err();
    assert_eq!(error.code(), Code::Database);
    Ok(())
}
