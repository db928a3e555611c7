//! What the database says: each is caused as `docs/errors.md` says, then mended in each way that is said there.

use orm::Begin;
use tests::schemas::{Reader, Schemas};

use super::*;

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
fn value() -> orm::Result<()> {
    let session = filled()?;
    // age: Option<u8>
    session.engine().execute_batch("UPDATE user SET age = 300 WHERE id = 1")?;
    let error = session.get::<User>(1).unwrap_err();
    assert_eq!(error.code(), Code::Value);
    // Mended.
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
fn refused() -> orm::Result<()> {
    let session = filled()?;
    // #[column(validate = only_http)], where fn only_http(url: String) -> Result<String, &'static str>
    let link = session.add(Link::builder().url("http://example.org"))?;
    let error = link.set_url("file:///etc").unwrap_err();
    assert_eq!(error.code(), Code::Refused);
    assert_eq!((error.class(), error.attribute()), (Some("Link"), Some("url")));
    assert_eq!(link.url()?, "http://example.org");
    // Mended.
    link.set_url("https://example.org")?;
    assert_eq!(link.url()?, "https://example.org");
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
    // Mended.
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
    let (folder, engine) = file("locked", Engine::options().busy_timeout(Duration::ZERO))?;
    let session = Session::new(&engine);
    let other = engine.connect()?;
    other.execute_batch("BEGIN IMMEDIATE")?;
    session.add(User::builder().name("new"))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Locked);
    // Mended.
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
    let (folder, engine) = file("read-only", Engine::options())?;
    engine.close();
    let path = folder.0.join("app.db");
    let engine = Engine::options().read_only(true).open(&path)?;
    let session = Session::new(&engine);
    session.add(User::builder().name("new"))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::ReadOnly);
    // Mended.
    session.close()?;
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
    let (folder, engine) = file("full", Engine::options())?;
    engine.close();
    let path = folder.0.join("app.db");
    let engine = Engine::options().pragma("max_page_count", 20).open(&path)?;
    let session = Session::new(&engine);
    session.add(User::builder().name("n".repeat(1_000_000)))?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Full);
    // Mended.
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
    let (folder, engine) = file("corrupt", Engine::options())?;
    engine.close();
    let (path, copy) = (folder.0.join("app.db"), folder.0.join("copy.db"));
    std::fs::copy(&path, &copy).unwrap();
    std::fs::write(&path, "this is no database".repeat(100)).unwrap();
    let opened = Engine::open(&path);
    let error = opened.and_then(|engine| engine.connect().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Corrupt);
    // Mended.
    // Another file, and the copy in the place of this one.
    let read = |engine: Engine| Session::new(&engine).get::<User>(1).map(drop);
    read(Engine::open(&copy)?)?;
    std::fs::copy(&copy, &path).unwrap();
    read(Engine::open(&path)?)
}

#[test]
fn connection() -> orm::Result<()> {
    let opened = Engine::open("/no/such/folder/app.db");
    let error = opened.and_then(|engine| engine.connect().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Connection);
    // Mended.
    let folder = Folder::new("mend-connection");
    let path = folder.0.join("new").join("app.db");
    std::fs::create_dir_all(folder.0.join("new")).unwrap();
    Engine::open(&path)?.connect().map(drop)
}

#[test]
fn database() -> orm::Result<()> {
    let session = filled()?;
    let error = session.engine().execute_batch("SELECT * FROM usr").unwrap_err();
    assert_eq!(error.code(), Code::Database);
    // Mended.
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
