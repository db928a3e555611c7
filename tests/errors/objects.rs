//! Errors of objects: each is caused as `docs/errors.md` says, then mended in each way that is said there.

use orm::WriteOnly;

use super::*;

#[test]
fn detached() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    session.close()?;
    let error = ed.addresses().iter().unwrap_err();
    assert_eq!(error.code(), Code::Detached);
    // Mended.
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
    let error = other.add(&ed).unwrap_err();
    assert_eq!(error.code(), Code::OtherSession);
    // Mended.
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
    let error = session.delete(&new).unwrap_err();
    assert_eq!(error.code(), Code::WrongState);
    // Mended.
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
    let error = session.add(&loaded).unwrap_err();
    assert_eq!(error.code(), Code::DuplicateIdentity);
    // Mended.
    loaded.set_name("Edward")?;
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
    let error = kim.name().unwrap_err();
    assert_eq!(error.code(), Code::ObjectDeleted);
    // Mended.
    session.expunge(&kim)?;
    assert_eq!(session.get::<User>(2)?, None);
    session.commit()
}

#[test]
fn unset() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(User::builder())?;
    let error = new.name().unwrap_err();
    assert_eq!(error.code(), Code::Unset);
    // Mended.
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
    let note = session.get_one::<Note>(1)?;
    // #[relationship(lazy = "raise")] author: Option<One<User>>
    let error = note.author().unwrap_err();
    assert_eq!(error.code(), Code::RaiseOnLoad);
    // Mended.
    session.expunge_all();
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
    let filling = filled()?;
    for id in 3..20 {
        filling.add(User::builder().id(id).name(format!("user {id}")))?;
        filling.add(Note::builder().id(id))?;
    }
    filling.commit()?;
    let engine = filling.engine();
    let config = SessionConfig::default().n_plus_one(NPlusOne::Error);
    let session = Session::with_config(engine, config);
    let users = session.scalars(select(User))?.all()?;
    let count = |user: &Obj<User>| user.addresses().len();
    let error = users.iter().try_for_each(|user| count(user).map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::NPlusOne);
    // Mended.
    let strict = Session::with_config(engine, config);
    let users = strict.scalars(select(User).options(selectin(User::addresses)))?.all()?;
    users.iter().try_for_each(|user| count(user).map(drop))?;
    let strict = Session::with_config(engine, config);
    let users = strict.scalars(select(User).options(batch(User::addresses)))?.all()?;
    users.iter().try_for_each(|user| count(user).map(drop))?;
    let strict = Session::with_config(engine, config.batch(true));
    let users = strict.scalars(select(User))?.all()?;
    users.iter().try_for_each(|user| count(user).map(drop))?;
    // Columns.
    let strict = Session::with_config(engine, config);
    let notes = strict.scalars(select(Note))?.all()?;
    let read = notes.iter().try_for_each(|note| note.text().map(drop));
    assert_eq!(read.unwrap_err().code(), Code::NPlusOne);
    let strict = Session::with_config(engine, config);
    let notes = strict.scalars(select(Note).options(undefer(Note::text)))?.all()?;
    notes.iter().try_for_each(|note| note.text().map(drop))?;
    let strict = Session::with_config(engine, config);
    let notes = strict.scalars(select(Note).options(undefer_group("name")))?.all()?;
    notes.iter().try_for_each(|note| note.summary().map(drop))
}

#[test]
fn busy() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    ed.name()?;
    let error = ed.with(|_| ed.set_name("Edward"))?.unwrap_err();
    assert_eq!(error.code(), Code::Busy);
    // Mended.
    let kim = session.get_one::<User>(2)?;
    let name = kim.with(|columns| columns.name.known().cloned())?;
    kim.set_name(name.unwrap_or_default() + "berly")
}

#[test]
fn not_in_collection() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let of_ed = session.get_one::<Address>(1)?;
    let error = kim.addresses().remove(&of_ed).unwrap_err();
    assert_eq!(error.code(), Code::NotInCollection);
    assert!(!session.is_dirty());
    // Mended.
    let ed = session.get_one::<User>(1)?;
    assert!(!kim.addresses().contains(&of_ed)?);
    ed.addresses().remove(&of_ed)?;
    assert_eq!(ed.addresses().len()?, 0);
    Ok(())
}

#[test]
fn index_out_of_range() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let error = kim.addresses().pop().unwrap_err();
    assert_eq!(error.code(), Code::IndexOutOfRange);
    // Mended.
    assert_eq!((kim.addresses().len()?, kim.addresses().get(0)?), (0, None));
    Ok(())
}

#[test]
fn missing_related() -> orm::Result<()> {
    let session = filled()?;
    let kim = session.get_one::<User>(2)?;
    let new = session.add(Address::builder().email("new@example.org"))?;
    let error = session.no_autoflush(|_| new.user()).unwrap_err();
    assert_eq!(error.code(), Code::MissingRelated);
    // Mended.
    new.set_user(&kim)?;
    session.flush()?;
    assert_eq!(new.user()?, kim);
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
    assert_eq!(error.code(), Code::UnknownAttribute);
    // Mended.
    assert!(error.to_string().contains("`name`"), "{error}");
    Obj::any(&ed).get("name").map(drop)
}

#[test]
fn wrong_class() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    let error = Obj::downcast::<Address>(&Obj::any(&ed)).unwrap_err();
    assert_eq!(error.code(), Code::WrongClass);
    // Mended.
    assert_eq!(Obj::downcast::<User>(&Obj::any(&ed))?, ed);
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
    // Mended.
    first.set_desk(None)?;
    second.set_desk(&desk)?;
    session.add(&desk)?;
    session.commit()
}
