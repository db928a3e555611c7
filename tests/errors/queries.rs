//! Errors of queries: each is caused as `docs/errors.md` says, then mended in each way that is said there.

use super::*;

#[test]
fn no_result() -> orm::Result<()> {
    let session = filled()?;
    let error = session.get_one::<User>(77).unwrap_err();
    assert_eq!(error.code(), Code::NoResult);
    // Mended.
    let nobody = || select(User).filter(User::id.eq(77));
    assert_eq!(session.get::<User>(77)?, None);
    assert_eq!(session.scalars(nobody())?.first()?, None);
    assert_eq!(session.scalars(nobody())?.one_or_none()?, None);
    Ok(())
}

#[test]
fn multiple_results() -> orm::Result<()> {
    let session = filled()?;
    let error = session.scalars(select(User))?.one().unwrap_err();
    assert_eq!(error.code(), Code::MultipleResults);
    // Mended.
    assert_eq!(session.scalars(select(User).filter(User::name.eq("ed")))?.one()?.id()?, 1);
    assert!(session.scalars(select(User))?.first()?.is_some());
    Ok(())
}

#[test]
fn query() -> orm::Result<()> {
    let session = filled()?;
    let error = session.scalars(select(User).filter(Address::email.eq("ed@example.org")))?.all().unwrap_err();
    assert_eq!(error.code(), Code::Query);
    // Mended.
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
    // Seat's primary key is (row, number)
    let seat = DefaultRegistry::mapper("Seat")?;
    let error = session.get_any(seat, &[1.into()]).unwrap_err();
    assert_eq!(error.code(), Code::BadKey);
    // Mended.
    assert!(session.get_any(seat, &[1.into(), 2.into()])?.is_none());
    let shelf = bad_key::Shelf::builder().into_obj()?;
    assert_eq!(shelf.wrong().insert("jam", 3).unwrap_err().code(), Code::BadKey);
    assert!(shelf.jars().is_empty()?);
    shelf.sizes().insert("jam", 3)?;
    assert_eq!(shelf.sizes().get("jam")?, Some(3));
    Ok(())
}
