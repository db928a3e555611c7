//! The code of the README, from declarations to objects and back.

#![allow(missing_docs, clippy::print_stdout, reason = "a program whose classes speak for themselves")]

use orm::prelude::*;

#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "user_account")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique, index)]
    pub name: String,
    pub fullname: Option<String>,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan", order_by = Address::id)]
    pub addresses: Many<Address>,
}

#[derive(Mapped, Debug, Clone, Default)]
pub struct Address {
    #[column(primary_key)]
    pub id: i64,
    pub email: String,
    #[column(foreign_key = User::id, on_delete = "cascade")]
    pub user_id: i64,
    #[relationship(back_populates = "addresses")]
    pub user: One<User>,
}

fn main() -> Result<(), orm::Error> {
    let engine = orm::sqlite::Engine::in_memory()?;
    DefaultRegistry::create_all(&engine)?;

    let session = Session::new(&engine);
    let ed = session.add(User::builder().name("ed").addresses([
        Address::builder().email("ed@example.org"),
        Address::builder().email("ed@work.example"),
    ]))?;
    session.commit()?;

    let found = session.scalars(select(User).filter(User::name.eq("ed")))?.one()?;
    assert_eq!(found, ed); // one row, one object

    found.set_fullname("Ed Jones")?;
    for address in found.addresses().iter()? {
        println!("{} belongs to {}", address.email()?, address.user()?.name()?);
    }
    let spare = found.addresses().pop()?; // an orphan: its row goes with the next flush
    println!("{} goes", spare.email()?);
    found.addresses().append(Address::builder().email("ed@home.example"))?;
    session.commit()?;

    println!("{:#?}", found.to_value()?);
    for address in session.scalars(select(Address).filter(with_parent(&found, User::addresses)))?.all()? {
        println!("{address:?} {}", address.email()?);
    }
    Ok(())
}
