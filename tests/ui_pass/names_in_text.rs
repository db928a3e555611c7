// What can't be named by path is named by text, and resolved when the registry is configured.
use orm::AnyClass;
use orm::prelude::*;
use orm::IntoObj;

mod blog {
    use orm::AnyClass;
    use orm::prelude::*;

    #[derive(Mapped)]
    pub struct Post {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = "user.id", on_update = "CASCADE", deferrable = "initially immediate")]
        pub user_id: i64,
        #[relationship(target = "User", back_populates = "posts")]
        pub user: One<AnyClass>,
        #[relationship(target = "User", secondary = "likes", foreign_keys = ("likes.user_id", "likes.post_id"))]
        pub fans: ManySet<AnyClass>,
    }
}

#[derive(Mapped)]
#[mapped(foreign_key(columns(org, num), references("other.account.org", "other.account.num"), name = "fk"))]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub org: i64,
    pub num: Option<i64>,
    #[relationship(target = "blog::Post", back_populates = "user", order_by = blog::Post::id.desc())]
    pub posts: Many<AnyClass>,
}

fn main() {
    let _ = || -> orm::Result<()> {
        let user = User::builder().into_obj()?;
        let _: orm::Collection<AnyClass> = user.posts();
        Ok(())
    };
}
