//! How relationships join: the kinds of the guide's chapter on one small database, with the SQL that each of them runs.

#![allow(missing_docs, clippy::print_stdout, reason = "a program whose classes speak for themselves")]

use std::sync::Arc;

use orm::engine::SqlLog;
use orm::prelude::*;
use orm::{Error, Select, aliased_as, func, sqlite, window};

#[derive(Mapped, Debug)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub budget: i64,
    /// By the foreign key.
    #[relationship(back_populates = "user", order_by = Order::id)]
    pub orders: Many<Order>,
    /// With a criterion on the other row.
    #[relationship(
        primaryjoin = User::id.eq(Order::user_id).and(Order::open.eq(true)),
        viewonly,
        order_by = Order::id
    )]
    pub open_orders: Many<Order>,
    /// The latest three.
    #[relationship(rows = latest(3), viewonly, order_by = Order::id.desc())]
    pub latest_orders: Many<Order>,
    /// By an inequality.
    #[relationship(primaryjoin = Item::price.foreign().le(User::budget), viewonly, order_by = Item::price)]
    pub affordable: Many<Item>,
    /// By a function of the program's own.
    #[relationship(
        primaryjoin = func::custom::<String>("sound", (User::name,))
            .eq(func::custom::<String>("sound", (Item::name.foreign(),))),
        viewonly
    )]
    pub sounds_like: Many<Item>,
    /// Through two tables.
    #[relationship(
        secondary = select((Order, OrderItem)).join(OrderItem.on(OrderItem::order_id.eq(Order::id))),
        primaryjoin = User::id.eq(Order::user_id),
        secondaryjoin = Item::id.eq(OrderItem::item_id),
        viewonly,
        order_by = Item::id
    )]
    pub bought: ManySet<Item>,
}

#[derive(Mapped, Debug)]
pub struct Order {
    #[column(primary_key)]
    pub id: i64,
    pub open: bool,
    #[column(foreign_key = User::id)]
    pub user_id: i64,
    #[relationship(back_populates = "orders")]
    pub user: One<User>,
    #[relationship(secondary = OrderItem, order_by = Item::id)]
    pub items: Many<Item>,
}

#[derive(Mapped, Debug)]
pub struct OrderItem {
    #[column(primary_key, foreign_key = Order::id)]
    pub order_id: i64,
    #[column(primary_key, foreign_key = Item::id)]
    pub item_id: i64,
}

/// A thing to buy, and the kind of thing that it is: `home/kitchen/` is part of `home/`.
#[derive(Mapped, Debug)]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    pub price: i64,
    pub path: String,
    /// A path within a path.
    #[relationship(
        primaryjoin = Item::path.foreign().remote().like(Item::path.concat("_%")),
        viewonly,
        order_by = Item::path
    )]
    pub parts: Many<Item>,
}

/// So many orders of each user, the latest first.
fn latest(count: i64) -> Select<Obj<Order>> {
    let by_user = window().partition_by(Order::user_id).order_by(Order::id.desc());
    let place = func::row_number().over(by_user).label("place");
    let ranked = select((Order, &place)).subquery("ranked");
    select(&aliased_as(Order, &ranked)).filter(ranked.of(&place).le(count))
}

/// What a user may ask.
trait Spending {
    fn spent(&self) -> orm::Result<i64>;
}

impl Spending for Obj<User> {
    fn spent(&self) -> orm::Result<i64> {
        let spent = select(func::sum(Item::price)).join(Order::items).filter(with_parent(self, User::orders));
        Ok(Obj::own_session(self)?.scalar(spent.from(Order))?.flatten().unwrap_or(0))
    }
}

fn consonants(text: &str) -> String {
    text.to_lowercase().chars().filter(|letter| !"aeiou".contains(*letter)).collect()
}

fn main() -> Result<(), Error> {
    let engine = sqlite::Engine::options()
        .deterministic_function("sound", |text: String| Ok(consonants(&text)))
        .in_memory()?;
    DefaultRegistry::create_all(&engine)?;
    let session = Session::new(&engine);
    fill(&session)?;
    let log = Arc::new(SqlLog::new());
    engine.observe(log.clone());
    let tell = |what: &str, found: String| {
        println!("{what}: {found}");
        for statement in log.take() {
            println!("    {statement}");
        }
    };

    let users = session.scalars(select(User).order_by(User::id))?.all()?;
    tell("Users", format!("{users:?}"));
    for user in &users {
        tell("open_orders", format!("{:?}", collected(user.open_orders())?));
    }
    let by_lists = select(User).options((selectin(User::latest_orders), selectin(User::bought)));
    for user in session.scalars(by_lists)?.all()? {
        println!("{user:?} {:?} {:?}", collected(user.latest_orders())?, collected(user.bought())?);
    }
    tell("latest_orders and bought", "three statements for all".to_owned());
    let rich = select(User).filter(User::affordable.any(Item::name.eq("table"))).order_by(User::id);
    tell("affordable", format!("{:?}", session.scalars(rich)?.all()?));
    let pairs = select((User::name, Item::name)).join(User::sounds_like);
    tell("sounds_like", format!("{:?}", session.execute(pairs)?.all()?));
    let home = session.scalars(select(Item).filter(Item::path.eq("home/")))?.one()?;
    tell("parts", format!("{:?}", collected(home.parts())?));
    for user in &users {
        tell("spent", user.spent()?.to_string());
    }
    Ok(())
}

/// The items of a collection.
fn collected<T: Mapped>(items: orm::Collection<T>) -> orm::Result<Vec<Obj<T>>> {
    Ok(items.iter()?.collect())
}

fn fill(session: &Session) -> orm::Result<()> {
    let item = |name: &str, price: i64, path: &str| Item::builder().name(name).price(price).path(path);
    let items = session.add_all([
        item("things", 0, "home/"),
        item("table", 90, "home/kitchen/table/"),
        item("cup", 5, "home/kitchen/cup/"),
        item("Adan", 12, "roses/"),
    ])?;
    let order = |open: bool, at: &[usize]| {
        Order::builder().open(open).items(at.iter().filter_map(|at| items.get(*at).cloned()))
    };
    let orders = [order(false, &[1]), order(true, &[2, 3]), order(false, &[2]), order(true, &[])];
    session.add_all([
        User::builder().name("Dan").budget(100).orders(orders),
        User::builder().name("Eve").budget(10).orders([order(true, &[2])]),
    ])?;
    session.commit()
}
