// `T: Mapped` is all that a function over any class asks for.
use orm::prelude::*;
use orm::{Alias, Collection, Entity, IntoKey, Select};

fn all<T: Mapped>(session: &Session) -> orm::Result<Vec<Obj<T>>> {
    session.scalars(select(Entity::<T>::new()))?.all()
}

fn query<T: Mapped>(condition: impl orm::Condition) -> Select<Obj<T>> {
    select(Entity::<T>::new()).filter(condition).limit(3)
}

fn other_name<T: Mapped>() -> Alias<T> {
    aliased(Entity::<T>::new())
}

fn find<T: Mapped>(session: &Session, key: impl IntoKey<T::Key>) -> orm::Result<Obj<T>> {
    session.get_one::<T>(key)
}

fn put<T: Mapped>(session: &Session, value: T) -> orm::Result<Obj<T>> {
    session.add(value)
}

fn change<T: Mapped>(session: &Session, object: &Obj<T>) -> orm::Result<T> {
    session.refresh(object)?;
    session.expunge(object)?;
    println!("{} {} {:?} {object:?}", T::CLASS, T::TABLE, Obj::state(object));
    object.to_value_nested()
}

fn list<T: Mapped>(items: Collection<T>) -> orm::Result<Vec<Obj<T>>> {
    Ok(items.iter()?.collect())
}

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(back_populates = "user")]
    addresses: Many<Address>,
}

#[derive(Mapped)]
struct Address {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "addresses")]
    user: One<User>,
}

fn main() -> orm::Result<()> {
    let engine = orm::sqlite::Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    let user = put(&session, User { id: 1, addresses: Many::default() })?;
    assert_eq!(list(user.addresses())?.len(), 0);
    session.flush()?;
    assert_eq!(all::<User>(&session)?.len(), 1);
    assert_eq!(session.scalars(query::<User>(User::id.eq(1)))?.all()?.len(), 1);
    assert_eq!(find::<User>(&session, 1)?, user);
    let _ = other_name::<Address>();
    assert_eq!(change(&session, &user)?.id, 1);
    Ok(())
}
