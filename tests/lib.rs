//! Stock models shared by the integration tests, and a database whose statements are seen.

pub mod db;
pub mod documented;
pub mod elsewhere;
pub mod models;
pub mod schemas;
pub mod tree;
pub mod warnings;
pub mod ways;

pub use db::{Db, Report, code, show};
pub use tree::tree;
pub use warnings::{warns, warns_at};

use models::{Address, Item, Node, Order, Profile, User};

/// A database with three users, their addresses, orders and items, and a tree; nothing of it is in a session.
pub fn filled() -> Db {
    let db = Db::new();
    let session = db.session();
    let address = |email: &str| Address::builder().email(email);
    let item = |name: &str| session.add(Item::builder().name(name)).unwrap();
    let (pen, ink, cup) = (item("pen"), item("ink"), item("cup"));
    let ed = User::builder().name("ed").fullname("Ed Jones").addresses([address("ed@x"), address("ed@y")]);
    let orders = [Order::builder().note("o1").items([&pen, &ink]), Order::builder().note("o2").items([&cup])];
    session.add(ed.orders(orders).profile(Profile::builder().text("p"))).unwrap();
    session.add(User::builder().name("jack").addresses([address("jack@x")])).unwrap();
    session.add(User::builder().name("mary")).unwrap();
    session.add(Order::builder().note("o3").items([&pen])).unwrap();
    let leaves = [Node::builder().name("leaf 1"), Node::builder().name("leaf 2")];
    session
        .add(Node::builder().name("root").children([Node::builder().name("branch").children(leaves)]))
        .unwrap();
    session.commit().unwrap();
    drop((pen, ink, cup, session));
    db.sql();
    db
}
