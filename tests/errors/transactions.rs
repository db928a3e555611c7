//! Errors of transactions and flushes: each is caused as `docs/errors.md` says, then mended in each way that is said there.

use orm::Unsaved;

use super::*;

#[test]
fn pending_rollback() -> orm::Result<()> {
    let session = filled()?;
    session.add(User::builder().name("ed"))?;
    session.flush().unwrap_err();
    let error = session.scalars(select(User))?.all().unwrap_err();
    assert_eq!(error.code(), Code::PendingRollback);
    session.rollback()?;
    // Mended.
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
    session.rollback()?;
    let error = part.commit().unwrap_err();
    assert_eq!(error.code(), Code::NoTransaction);
    // Mended.
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
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::StaleData);
    // Mended.
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
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::CircularDependency);
    // Mended.
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
    // #[column(primary_key)] code: String, in a table that allows NULL
    session.engine().execute_batch("DROP TABLE tag; CREATE TABLE tag (code TEXT PRIMARY KEY)")?;
    session.add(Tag::builder())?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Flush);
    // Mended.
    session.rollback()?;
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
    // #[relationship(cascade = "merge")] source: Option<One<Quote>>, without `save-update`
    let new = Quote::builder().into_obj()?;
    let quote = session.add(Quote::builder())?;
    quote.set_source(&new)?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::Unsaved);
    session.add(&new)?;
    session.flush()?;
    // Mended.
    let related = |session: &Session| -> orm::Result<_> {
        let new = Quote::builder().into_obj()?;
        let quote = session.add(Quote::builder())?;
        quote.set_source(&new)?;
        Ok((new, quote))
    };
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
    // Profile's primary key is its foreign key to User
    ed.set_profile(None)?;
    let error = session.flush().unwrap_err();
    assert_eq!(error.code(), Code::BlankedKey);
    // Mended.
    session.rollback()?;
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
