use orm::prelude::*;

#[derive(Mapped)]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relationship(back_populates = "user")]
    posts: Many<Post>,
}

#[derive(Mapped)]
#[mapped(listen = Post::listen)]
struct Post {
    #[column(primary_key)]
    id: i64,
    #[column(foreign_key = User::id)]
    user_id: i64,
    #[relationship(back_populates = "posts")]
    user: One<User>,
}

impl Post {
    fn listen(on: &mut orm::Listeners<'_, Post>) {
        on.append(Post::user, |_, _| Ok(()));
        on.set(User::name, |_, _, _| Ok(()));
    }
}

fn listen(on: &mut orm::Listeners<'_, User>) {
    on.set(User::posts, |_, _, _| Ok(()));
    on.bulk_replace(User::posts, |_, posts: &Vec<Obj<Post>>| Ok(()));
}

fn main() {}
