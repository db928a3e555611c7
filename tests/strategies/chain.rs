//! The same classes with each strategy: users, their orders, and the items of these.

use orm::prelude::*;
use tests::Db;

/// Classes with strategies: of `User.orders`, of `Order.items`, and of `Order.user`.
macro_rules! chain {
    ($name:ident, $orders:literal, $items:literal, $user:literal) => {
        pub mod $name {
            //! Users, their orders, and the items of these.

            use orm::prelude::*;

            orm::registry!(
                /// These classes.
                pub Chain
            );

            #[derive(Mapped)]
            #[mapped(table = "user", registry = Chain)]
            pub struct User {
                #[column(primary_key)]
                pub id: i64,
                pub name: String,
                #[relationship(back_populates = "user", order_by = Order::id, lazy = $orders)]
                pub orders: Many<Order>,
            }

            #[derive(Mapped)]
            #[mapped(table = "order", registry = Chain)]
            pub struct Order {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = User::id)]
                pub user_id: Option<i64>,
                #[relationship(back_populates = "orders", lazy = $user)]
                pub user: Option<One<User>>,
                #[relationship(secondary = Link, order_by = Item::id, lazy = $items)]
                pub items: Many<Item>,
            }

            #[derive(Mapped)]
            #[mapped(table = "item", registry = Chain)]
            pub struct Item {
                #[column(primary_key)]
                pub id: i64,
                pub name: String,
            }

            #[derive(Table)]
            #[mapped(table = "link", registry = Chain)]
            pub struct Link {
                #[column(primary_key, foreign_key = Order::id)]
                pub order_id: i64,
                #[column(primary_key, foreign_key = Item::id)]
                pub item_id: i64,
            }
        }
    };
}

chain!(selectin, "selectin", "selectin", "select");
chain!(subquery, "subquery", "subquery", "select");
chain!(immediate, "immediate", "immediate", "immediate");
chain!(joined, "joined", "joined", "select");
chain!(mixed, "joined", "selectin", "immediate");
chain!(noload, "noload", "select", "noload");
chain!(batch, "batch", "batch", "batch");
chain!(select, "select", "select", "select");
chain!(back, "select", "select", "joined");

/// Users with these numbers of orders, of which each has two items of three; none of it in memory.
pub fn filled(create: impl Fn(&orm::engine::Engine) -> orm::Result<()>, orders: &[usize]) -> Db {
    let db = Db::empty();
    create(&db.engine).unwrap();
    db.run("INSERT INTO item VALUES (1, 'pen'), (2, 'ink'), (3, 'cup')");
    let mut order = 0;
    for (user, orders) in (1..).zip(orders) {
        db.run(&format!("INSERT INTO user VALUES ({user}, 'user {user}')"));
        for _ in 0..*orders {
            order += 1;
            let (a, b) = (order % 3 + 1, (order + 1) % 3 + 1);
            db.run(&format!(r#"INSERT INTO "order" VALUES ({order}, {user})"#));
            db.run(&format!("INSERT INTO link VALUES ({order}, {a}), ({order}, {b})"));
        }
    }
    db.sql();
    db
}

/// What is loaded of users, without loading: `1:[1:[2,3],2:~]`.
macro_rules! seen {
    ($users:expr) => {
        $users
            .iter()
            .map(|user| {
                let orders: Vec<String> = if user.orders().is_loaded().unwrap() {
                    user.orders()
                        .iter()
                        .unwrap()
                        .map(|order| {
                            let items: Vec<String> = if order.items().is_loaded().unwrap() {
                                order
                                    .items()
                                    .iter()
                                    .unwrap()
                                    .map(|item| item.id().unwrap().to_string())
                                    .collect()
                            } else {
                                vec!["~".into()]
                            };
                            format!("{}:[{}]", order.id().unwrap(), items.join(","))
                        })
                        .collect()
                } else {
                    vec!["~".into()]
                };
                format!("{}:[{}]", user.id().unwrap(), orders.join(" "))
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
}
pub(crate) use seen;

#[test]
fn every_strategy_loads_the_same() {
    macro_rules! same {
        ($($name:ident $statements:literal $is_loaded:literal,)*) => {$(
            {
                use $name::*;
                let db = filled(Chain::create_all, &[2, 0, 1]);
                let session = db.session();
                let users = session.scalars(select(User).order_by(User::id)).unwrap().all().unwrap();
                let statements = db.statements();
                let loaded = users[0].orders().is_loaded().unwrap();
                for user in &users {
                    for order in user.orders().iter().unwrap() {
                        order.items().len().unwrap();
                    }
                }
                assert_eq!(seen!(users), "1:[1:[2,3] 2:[1,3]] 2:[] 3:[3:[1,2]]", stringify!($name));
                assert_eq!((statements, loaded), ($statements, $is_loaded), stringify!($name));
            }
        )*};
    }
    same! {
        select 1 false,
        selectin 3 true,
        subquery 3 true,
        immediate 3 true,
        joined 1 true,
        mixed 2 true,
        batch 1 false,
    }
}
