use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    #[relationship(one_way, omit_join = true)]
    addresses: Many<Address>,
    #[relationship(viewonly, back_populates = "user", sync_backref, active_history)]
    read: Many<Address>,
    #[relationship(overlaps, info = 7)]
    more: Many<Address>,
    #[relationship(sync_backref = false, doc = "old")]
    others: Many<Address>,
}

#[derive(Mapped)]
struct Address {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "read")]
    user: One<User>,
}

fn main() {}
