//! The kinds of relationship that the stock models don't have: composite keys, several paths, sets, friends of
//! a class with itself, an association object.

use orm::prelude::*;

orm::registry!(
    /// These classes.
    pub Zoo
);

/// An account with a key of two columns.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Account {
    #[column(primary_key)]
    pub org: i64,
    #[column(primary_key)]
    pub num: i64,
    #[relationship(back_populates = "account", order_by = Entry::id)]
    pub entries: Many<Entry>,
}

/// It refers to both columns.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo, foreign_key(columns(org, num), references(Account::org, Account::num)))]
pub struct Entry {
    #[column(primary_key)]
    pub id: i64,
    pub org: Option<i64>,
    pub num: Option<i64>,
    #[relationship(back_populates = "entries")]
    pub account: Option<One<Account>>,
}

/// Two ways to the same class.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Letter {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = Person::id)]
    pub from_id: i64,
    #[column(foreign_key = Person::id)]
    pub to_id: Option<i64>,
    #[relationship(back_populates = "sent", foreign_keys = Letter::from_id)]
    pub from: One<Person>,
    #[relationship(back_populates = "received", foreign_keys = Letter::to_id)]
    pub to: Option<One<Person>>,
}

/// With sets, friends and memberships.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "from", foreign_keys = Letter::from_id, order_by = Letter::id)]
    pub sent: Many<Letter>,
    #[relationship(back_populates = "to", foreign_keys = Letter::to_id, order_by = Letter::id)]
    pub received: ManySet<Letter>,
    #[relationship(
        secondary = Friendship,
        back_populates = "followers",
        order_by = Person::id,
        primaryjoin = Person::id.eq(Friendship::one),
        secondaryjoin = Person::id.eq(Friendship::other)
    )]
    pub follows: ManySet<Person>,
    #[relationship(
        secondary = Friendship,
        back_populates = "follows",
        order_by = Person::id,
        primaryjoin = Person::id.eq(Friendship::other),
        secondaryjoin = Person::id.eq(Friendship::one)
    )]
    pub followers: Many<Person>,
    #[relationship(back_populates = "person", cascade = "all, delete-orphan")]
    pub memberships: Many<Membership>,
}

#[derive(Table)]
#[mapped(registry = Zoo)]
pub struct Friendship {
    #[column(primary_key, foreign_key = Person::id)]
    pub one: i64,
    #[column(primary_key, foreign_key = Person::id)]
    pub other: i64,
}

/// A group.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo, table = "groups")]
pub struct Group {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "group", cascade = "all, delete-orphan")]
    pub memberships: Many<Membership>,
}

/// Who is in which group, since when.
#[derive(Mapped, Default)]
#[mapped(registry = Zoo)]
pub struct Membership {
    #[column(primary_key, foreign_key = Person::id)]
    pub person_id: i64,
    #[column(primary_key, foreign_key = Group::id)]
    pub group_id: i64,
    pub since: Option<i64>,
    #[relationship(back_populates = "memberships")]
    pub person: One<Person>,
    #[relationship(back_populates = "memberships")]
    pub group: One<Group>,
}
