use orm::prelude::*;

mod models {
    use orm::prelude::*;

    #[derive(Mapped)]
    pub struct User {
        #[column(primary_key)]
        pub id: i64,
        #[relationship(backref = "user")]
        pub addresses: Many<Address>,
    }

    #[derive(Mapped)]
    pub struct Address {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = User::id)]
        pub user_id: Option<i64>,
    }
}

fn user(address: &Obj<models::Address>) -> orm::Result<Option<Obj<models::User>>> {
    address.user()
}

fn main() {}
