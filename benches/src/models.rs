//! The classes.

use orm::prelude::*;

/// A parent.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "users")]
pub struct User {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// Always there.
    pub name: String,
    /// Sometimes there.
    pub fullname: Option<String>,
    /// What the updates change.
    pub age: Option<i64>,
    /// The children.
    #[relationship(back_populates = "user", cascade = "all, delete-orphan")]
    pub addresses: Many<Address>,
}

/// A child.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "addresses")]
pub struct Address {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The parent's key.
    #[column(foreign_key = User::id, index)]
    pub user_id: Option<i64>,
    /// Always there.
    pub email: String,
    /// The parent.
    #[relationship(back_populates = "addresses")]
    pub user: Option<One<User>>,
}

orm::registry!(
    /// The classes of W9. They stand apart, with users of their own: one more relationship would make
    /// the objects of [`User`] larger in every other workload.
    pub Linked
);

/// A user with keywords.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "m2m_users", registry = Linked)]
pub struct LinkedUser {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// Always there.
    pub name: String,
    /// Sometimes there.
    pub fullname: Option<String>,
    /// Sometimes there.
    pub age: Option<i64>,
    /// The keywords.
    #[relationship(secondary = UserKeyword)]
    pub keywords: Many<Keyword>,
}

/// A keyword of any number of users.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "keywords", registry = Linked)]
pub struct Keyword {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The text.
    pub word: Option<String>,
}

/// Which keywords a user has.
#[derive(Table, Debug, Clone)]
#[mapped(table = "user_keywords", registry = Linked)]
pub struct UserKeyword {
    /// The user.
    #[column(primary_key, foreign_key = LinkedUser::id)]
    pub user_id: i64,
    /// The keyword.
    #[column(primary_key, foreign_key = Keyword::id)]
    pub keyword_id: i64,
}

orm::registry!(
    /// The classes of W8 where the database deletes the children. They stand apart, over tables of the same names.
    pub Cascading
);

/// A parent whose children the database deletes.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "users", registry = Cascading)]
pub struct Owner {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// Always there.
    pub name: String,
    /// Sometimes there.
    pub fullname: Option<String>,
    /// Sometimes there.
    pub age: Option<i64>,
    /// The children.
    #[relationship(back_populates = "owner", cascade = "all, delete-orphan", passive_deletes)]
    pub addresses: Many<Owned>,
}

/// A child that the database deletes with its parent.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "addresses", registry = Cascading)]
pub struct Owned {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The parent's key.
    #[column(foreign_key = Owner::id, on_delete = "cascade", index)]
    pub user_id: Option<i64>,
    /// Always there.
    pub email: String,
    /// The parent.
    #[relationship(back_populates = "addresses")]
    pub owner: Option<One<Owner>>,
}

orm::registry!(
    /// The classes whose operations are measured as their number grows.
    pub Growing
);

/// A parent of members in a list, and of things in a set.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "teams", registry = Growing)]
pub struct Team {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The list.
    #[relationship(back_populates = "team")]
    pub members: Many<Member>,
    /// The set.
    #[relationship(back_populates = "team")]
    pub things: ManySet<Thing>,
}

/// A child in a list.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "members", registry = Growing)]
pub struct Member {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The parent's key.
    #[column(foreign_key = Team::id, index)]
    pub team_id: Option<i64>,
    /// The parent.
    #[relationship(back_populates = "members")]
    pub team: Option<One<Team>>,
}

/// A child in a set.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "things", registry = Growing)]
pub struct Thing {
    /// Generated.
    #[column(primary_key)]
    pub id: i64,
    /// The parent's key.
    #[column(foreign_key = Team::id, index)]
    pub team_id: Option<i64>,
    /// The parent.
    #[relationship(back_populates = "things")]
    pub team: Option<One<Team>>,
}

/// A row whose key is a text that the user gives.
#[derive(Mapped, Debug, Clone, Default)]
#[mapped(table = "labels", registry = Growing)]
pub struct Label {
    /// The key.
    #[column(primary_key)]
    pub text: String,
    /// How often it is used.
    pub uses: Option<i64>,
}
