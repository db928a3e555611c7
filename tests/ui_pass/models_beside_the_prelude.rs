//! Models that are called as a library may call its types: the prelude has none of these names.

mod models {
    macro_rules! models {
        ($($name:ident)*) => {$(
            #[derive(orm::Mapped)]
            #[mapped(registry = super::Words)]
            pub struct $name {
                #[column(primary_key)]
                pub id: i64,
            }
        )*};
    }

    models! {
        Account Address Alias All Batch Case Cell Code Column Comment Condition Connection Cursor
        Document Entity Error Event Expr Field File Filter Function Group History Index Insert Item
        Job Join Key Kind Label Language Link Load Member Message Model Note Number Operation Order
        Page Part Path Payment Post Product Query Record Reference Relation Relationship Report
        Result Role Row Rows Scope Select Set State Statement Status Step Strategy Tag Target Task
        Team Term Text Ticket Track Transaction Tree Type Unit Update User Value Values Version
        Window Work Table
    }
}

orm::registry!(
    /// They have a registry of their own.
    Words
);

// Both by `*`: a name that stands in both would be told apart where it is used.
use models::*;
use orm::prelude::*;

macro_rules! add_each {
    ($session:ident: $($name:ident)*) => {$(
        let object: Obj<$name> = $session.add($name { id: 0 })?;
        $session.flush()?;
        assert_eq!((object.id()?, $session.scalars(select($name))?.all()?.len()), (1, 1));
    )*};
}

fn main() -> orm::Result<()> {
    let engine = orm::sqlite::Engine::in_memory()?;
    Words::create_all(&engine)?;
    let session = Session::with_config(&engine, SessionConfig::default());
    let order = session.add(Order { id: 0 })?;
    assert_eq!(Obj::state(&order), ObjectState::Pending);
    session.rollback()?;
    add_each! { session:
        Account Address Alias All Batch Case Cell Code Column Comment Condition Connection Cursor
        Document Entity Error Event Expr Field File Filter Function Group History Index Insert Item
        Job Join Key Kind Label Language Link Load Member Message Model Note Number Operation Order
        Page Part Path Payment Post Product Query Record Reference Relation Relationship Report
        Result Role Row Rows Scope Select Set State Statement Status Step Strategy Tag Target Task
        Team Term Text Ticket Track Transaction Tree Type Unit Update User Value Values Version
        Window Work Table
    }
    Ok(())
}
