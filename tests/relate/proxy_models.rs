//! Classes with proxies: through lists, sets, keyed collections and to-ones; to columns, to relationships, and to each other.

use orm::ProxyCollection;
use orm::prelude::*;

orm::registry!(
    /// These classes.
    pub Proxies
);

/// With proxies for the names of what it has, however it has it.
#[derive(Mapped)]
#[mapped(
    registry = Proxies,
    proxy(names: String = children.name),
    proxy(marks: String = tags.name),
    proxy(texts: String = notes.text),
    proxy(places: i64 = spots.number, creator = spot),
    proxy(shown: String = children.name, viewonly)
)]
pub struct Parent {
    #[column(primary_key)]
    pub id: i64,
    #[relationship(back_populates = "parent", cascade = "all, delete-orphan", order_by = Child::id)]
    pub children: Many<Child>,
    #[relationship(back_populates = "parent", cascade = "all, delete-orphan", order_by = Tag::id)]
    pub tags: ManySet<Tag>,
    #[relationship(key = Note::keyword, cascade = "all, delete-orphan", order_by = Note::id)]
    pub notes: ManyMap<String, Note>,
    #[relationship(key = (Spot::x, Spot::y), cascade = "all, delete-orphan", order_by = Spot::id)]
    pub spots: ManyMap<(i64, i64), Spot>,
}

#[derive(Mapped)]
#[mapped(registry = Proxies, table = "proxied_child")]
pub struct Child {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Parent::id)]
    pub parent_id: i64,
    #[relationship(back_populates = "children")]
    pub parent: One<Parent>,
}

#[derive(Mapped)]
#[mapped(registry = Proxies, table = "proxied_tag")]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Parent::id)]
    pub parent_id: i64,
    #[relationship(back_populates = "tags")]
    pub parent: One<Parent>,
}

#[derive(Mapped)]
#[mapped(registry = Proxies, table = "proxied_note")]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    pub keyword: String,
    pub text: String,
    #[column(foreign_key = Parent::id)]
    pub parent_id: i64,
}

#[derive(Mapped)]
#[mapped(registry = Proxies, table = "proxied_spot")]
pub struct Spot {
    #[column(primary_key)]
    pub id: i64,
    pub x: i64,
    pub y: i64,
    pub number: i64,
    #[column(foreign_key = Parent::id)]
    pub parent_id: i64,
}

/// One that is out of the way stands at the origin, which is no key of its own.
fn spot((x, y): (i64, i64), number: i64) -> orm::Result<Obj<Spot>> {
    let (x, y) = if number < 0 { (0, 0) } else { (x, y) };
    Spot::builder().x(x).y(y).number(number).into_obj()
}

/// Of SQLAlchemy's own tests of conditions: users with keywords by an association class.
#[derive(Mapped)]
#[mapped(
    registry = Proxies,
    table = "users",
    proxy(
        keywords: Option<One<Keyword>> = user_keywords.keyword,
        creator = |keyword: Option<Obj<Keyword>>| UserKeyword::builder().keyword(&keyword)
    ),
    proxy(singular_value: Option<String> = singular.value),
    proxy(singular_keywords: Many<Keyword> = singular.keywords),
    proxy(singular_collection: Option<String> = user_keywords.value),
    proxy(singular_keyword: ProxyCollection<Keyword, String> = singular.keyword),
    proxy(common_users: Option<One<User>> = user_keywords.common_users, viewonly),
    proxy(common_keyword_name: Option<String> = user_keywords.keyword_name, viewonly)
)]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(foreign_key = Singular::id)]
    pub singular_id: Option<i64>,
    #[relationship(back_populates = "user", cascade = "all, delete-orphan", order_by = UserKeyword::id)]
    pub user_keywords: Many<UserKeyword>,
    pub singular: Option<One<Singular>>,
}

#[derive(Mapped)]
#[mapped(
    registry = Proxies,
    table = "userkeywords",
    proxy(common_users: Option<One<User>> = keyword.user, viewonly),
    proxy(keyword_name: String = keyword.keyword),
    proxy(singular: Option<One<Singular>> = user.singular, viewonly)
)]
pub struct UserKeyword {
    #[column(primary_key)]
    pub id: i64,
    #[column(foreign_key = User::id)]
    pub user_id: Option<i64>,
    #[column(foreign_key = Keyword::id)]
    pub keyword_id: Option<i64>,
    pub value: Option<String>,
    #[relationship(back_populates = "user_keywords")]
    pub user: Option<One<User>>,
    #[relationship(back_populates = "user_keyword")]
    pub keyword: Option<One<Keyword>>,
}

#[derive(Mapped)]
#[mapped(
    registry = Proxies,
    table = "keywords",
    proxy(user: Option<One<User>> = user_keyword.user),
    proxy(singulars: Option<One<Singular>> = user_keywords.singular, viewonly)
)]
pub struct Keyword {
    #[column(primary_key)]
    pub id: i64,
    pub keyword: String,
    #[column(foreign_key = Singular::id)]
    pub singular_id: Option<i64>,
    #[relationship(back_populates = "keyword")]
    pub user_keyword: Option<One<UserKeyword>>,
    #[relationship(viewonly)]
    pub user_keywords: Many<UserKeyword>,
}

#[derive(Mapped)]
#[mapped(registry = Proxies, table = "singular", proxy(keyword: String = keywords.keyword))]
pub struct Singular {
    #[column(primary_key)]
    pub id: i64,
    pub value: Option<String>,
    #[relationship(order_by = Keyword::id)]
    pub keywords: Many<Keyword>,
}
