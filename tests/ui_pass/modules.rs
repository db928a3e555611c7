// Classes of different modules refer to each other; `use` of a class brings everything of it.
mod people {
    pub mod models {
        use orm::prelude::*;

        use crate::mail::Address;

        #[derive(Mapped, Debug, Clone, Default)]
        pub(crate) struct User {
            #[column(primary_key)]
            pub(crate) id: i64,
            #[relationship(back_populates = "user", foreign_keys = Address::user_id)]
            pub(crate) addresses: Many<Address>,
            #[relationship(back_populates = "owner", foreign_keys = crate::mail::Address::owner_id)]
            pub(super) owned: Many<crate::mail::Address>,
        }
    }
}

mod mail {
    use orm::prelude::*;

    use super::people::models::{self, User as Person};

    #[derive(Mapped, Debug, Clone, Default)]
    pub(crate) struct Address {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(foreign_key = Person::id)]
        pub(crate) user_id: i64,
        #[column(foreign_key = models::User::id)]
        pub(crate) owner_id: Option<i64>,
        #[relationship(back_populates = "addresses", foreign_keys = (Address::user_id))]
        user: One<Person>,
        #[relationship(back_populates = "owned", foreign_keys = Self::owner_id)]
        owner: Option<One<models::User>>,
    }
}

use mail::Address;
use orm::prelude::*;
use orm::IntoObj;
use people::models::User;

fn main() {
    let _ = || -> orm::Result<()> {
        let user = User::builder().addresses([Address::builder()]).into_obj()?;
        let _: Vec<Obj<Address>> = user.addresses().iter()?.collect();
        Ok(())
    };
    let _ = (User, Address, User::addresses);
}
