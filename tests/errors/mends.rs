//! What `docs/errors.md` says mends an error does mend it: each test makes the error's example right.

use super::*;

mistaken! { named,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        // unknown-name: the name corrected; ambiguous-name: more of the path.
        #[relationship(target = "blog::Post", foreign_keys = "blog_post.user_id")]
        posts: Many<AnyClass>,
        #[relationship(target = "Letter", foreign_keys = "letter.user_id", back_populates = "author", overlaps = "author")]
        letters: Many<AnyClass>,
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

        // bad-table: another name.
        #[derive(Mapped)]
        #[mapped(registry = Models, table = "mail_post")]
        struct Post {
            #[column(primary_key)]
            id: i64,
        }
    }

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Letter {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
        // bad-option: another type of the field.
        #[relationship(target = "User", back_populates = "letters")]
        author: One<AnyClass>,
    }
}

mistaken! { joined,
    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct User {
        #[column(primary_key)]
        id: i64,
        // join-condition: the foreign key declared.
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
        // reverse-side: it leads back, and names this one.
        #[relationship(target = "Reply", back_populates = "writer")]
        replies: Many<AnyClass>,
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

    #[derive(Mapped)]
    #[mapped(registry = Models)]
    struct Reply {
        #[column(primary_key)]
        id: i64,
        #[column(foreign_key = User::id)]
        user_id: i64,
        #[relationship(target = "User", back_populates = "replies")]
        writer: One<AnyClass>,
    }
}

#[test]
fn of_mappings() -> orm::Result<()> {
    named::Models::configure()?;
    joined::Models::configure()
}

#[test]
fn of_detached_objects() -> orm::Result<()> {
    let session = filled()?;
    let ed = session.get_one::<User>(1)?;
    session.close()?;
    assert_eq!(ed.addresses().len().unwrap_err().code(), Code::Detached);
    // Adding it to a session.
    session.add(&ed)?;
    assert_eq!(ed.addresses().len()?, 1);
    // Loading what is needed, and plain values.
    let value = ed.to_value_nested()?;
    session.close()?;
    assert_eq!((ed.addresses().len()?, (&value.addresses).into_iter().count()), (1, 1));
    Ok(())
}

#[test]
fn of_objects_of_other_sessions() -> orm::Result<()> {
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
fn of_states() -> orm::Result<()> {
    let session = filled()?;
    let new = session.add(User::builder().name("new"))?;
    assert_eq!(session.delete(&new).unwrap_err().code(), Code::WrongState);
    session.expunge(&new)?;
    let kim = session.get_one::<User>(2)?;
    session.delete(&kim)?;
    let value = kim.to_value()?;
    session.commit()?;
    session.add(value)?;
    session.commit()
}

#[test]
fn of_identities() -> orm::Result<()> {
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
fn of_attributes() -> orm::Result<()> {
    let session = filled()?;
    // unset
    let new = session.add(User::builder())?;
    assert_eq!(new.name().unwrap_err().code(), Code::Unset);
    new.set_name("new")?;
    assert_eq!(new.name()?, "new");
    // missing-related
    let address = session.add(Address::builder().email("new@example.org"))?;
    assert_eq!(session.no_autoflush(|_| address.user()).unwrap_err().code(), Code::MissingRelated);
    address.set_user(&new)?;
    session.flush()?;
    assert_eq!(address.user()?, new);
    // not-in-collection, index-out-of-range
    let kim = session.get_one::<User>(2)?;
    assert!(!kim.addresses().contains(&address)?);
    new.addresses().remove(&address)?;
    assert_eq!((kim.addresses().len()?, kim.addresses().get(0)?), (0, None));
    // unknown-attribute, wrong-class
    Obj::any(&kim).get("name")?;
    Obj::downcast::<User>(&Obj::any(&kim))?;
    // busy
    let name = kim.with(|columns| columns.name.known().cloned())?;
    kim.set_name(name.unwrap_or_default() + "berly")?;
    Ok(())
}

#[test]
fn of_raise() -> orm::Result<()> {
    let session = filled()?;
    let note = session.scalars(select(Note).options(selectin(Note::author)))?.one()?;
    assert_eq!(note.author()?.map(|author| author.id()).transpose()?, Some(1));
    Ok(())
}

#[test]
fn of_one_by_one() -> orm::Result<()> {
    let session = filled()?;
    let config = SessionConfig::default().n_plus_one(NPlusOne::Error);
    for id in 3..20 {
        session.add(User::builder().id(id).name(format!("user {id}")))?;
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
    users.iter().try_for_each(|user| count(user).map(drop))
}

#[test]
fn of_single_parents() -> orm::Result<()> {
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
fn of_circles() -> orm::Result<()> {
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
    Ok(())
}

#[test]
fn of_flushes() -> orm::Result<()> {
    let session = filled()?;
    // pending-rollback, integrity
    session.add(User::builder().name("ed"))?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Integrity);
    assert_eq!(session.get::<User>(1).unwrap_err().code(), Code::PendingRollback);
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
    // flush
    session.add(Tag::builder().code("t"))?;
    session.commit()?;
    // unsaved
    let new = Quote::builder().into_obj()?;
    let quote = session.add(Quote::builder())?;
    quote.set_source(&new)?;
    assert_eq!(session.flush().unwrap_err().code(), Code::Unsaved);
    quote.set_source(None)?;
    session.commit()?;
    // stale-data
    let kim = session.get_one::<User>(2)?;
    session.connection()?.execute_batch("DELETE FROM user WHERE id = 2")?;
    kim.set_name("Kimberly")?;
    assert_eq!(session.flush().unwrap_err().code(), Code::StaleData);
    session.rollback()?;
    session.refresh(&kim)?;
    kim.set_name("Kimberly")?;
    session.commit()?;
    // blanked-key
    let ed = session.get_one::<User>(1)?;
    if let Some(profile) = ed.profile()? {
        session.delete(&profile)?;
    }
    session.commit()?;
    assert_eq!(ed.profile()?, None);
    Ok(())
}

#[test]
fn of_queries() -> orm::Result<()> {
    let session = filled()?;
    assert_eq!(session.get::<User>(77)?, None);
    assert!(session.scalars(select(User).filter(User::id.eq(77)))?.one_or_none()?.is_none());
    assert!(session.scalars(select(User))?.first()?.is_some());
    let of_ed = select(User).join(User::addresses).filter(Address::email.eq("ed@example.org"));
    assert_eq!(session.scalars(of_ed)?.all()?.len(), 1);
    let of_ed = select(User).filter(User::addresses.any(Address::email.eq("ed@example.org")));
    assert_eq!(session.scalars(of_ed)?.all()?.len(), 1);
    let of_ed = select(Address).filter(Address::user.has(User::name.eq("ed")));
    assert_eq!(session.scalars(of_ed)?.all()?.len(), 1);
    let seat = DefaultRegistry::mapper("Seat")?;
    assert!(session.get_any(seat, &[1.into(), 2.into()])?.is_none());
    Ok(())
}
