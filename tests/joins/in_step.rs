//! `viewonly` and `sync_backref` of two sides in every combination that SQLAlchemy allows: which change of one side is made
//! on the other, and which of them is a change that is written. What it refuses doesn't compile.

use orm::prelude::*;

fn has_changes(object: &orm::AnyObj, name: &str) -> bool {
    let history = object.history(name).unwrap();
    !history.added.is_empty() || !history.deleted.is_empty()
}

/// For each case what stands on `A.bs` and on `B.a`, and whether `A.bs` sees what is set on `B.a` and the other way round.
macro_rules! cases {
    ($($name:ident: [$($bs:tt)*] [$($a:tt)*] $seen:tt;)*) => {
        $(mod $name {
            use orm::prelude::*;

            orm::registry!(pub Both);

            #[derive(Mapped)]
            #[mapped(registry = Both)]
            pub struct A {
                #[column(primary_key)]
                pub id: i64,
                #[relationship(back_populates = "a", $($bs)*)]
                pub bs: Many<B>,
            }

            #[derive(Mapped)]
            #[mapped(registry = Both)]
            pub struct B {
                #[column(primary_key)]
                pub id: i64,
                #[column(foreign_key = A::id)]
                pub a_id: Option<i64>,
                #[relationship(back_populates = "bs", $($a)*)]
                pub a: Option<One<A>>,
            }
        })*

        fn check_all() {
            $({
                use $name::*;
                cases!(check $name, $seen);
            })*
        }
    };
    (check $name:ident, ($bs_sees:literal, $a_sees:literal)) => {
        let of = |name: &str, class: &str| Both::mapper(class).unwrap().relation_named(name).unwrap().is_viewonly();
        let (bs_is_view, a_is_view) = (of("bs", "A"), of("a", "B"));
        let (a, b) = (A::builder().into_obj().unwrap(), B::builder().into_obj().unwrap());
        b.set_a(&a).unwrap();
        assert_eq!(a.bs().contains(&b).unwrap(), $bs_sees, "{}: A.bs", stringify!($name));
        assert_eq!(has_changes(&Obj::any(&a), "bs"), $bs_sees, "{}: changes of A.bs", stringify!($name));
        assert_eq!(has_changes(&Obj::any(&b), "a"), !a_is_view, "{}: changes of B.a", stringify!($name));
        let (a, b) = (A::builder().into_obj().unwrap(), B::builder().into_obj().unwrap());
        a.bs().append(&b).unwrap();
        assert_eq!(b.a().unwrap() == Some(a.clone()), $a_sees, "{}: B.a", stringify!($name));
        assert_eq!(has_changes(&Obj::any(&a), "bs"), !bs_is_view, "{}: own changes of A.bs", stringify!($name));
        assert_eq!(has_changes(&Obj::any(&b), "a"), $a_sees, "{}: followed by B.a", stringify!($name));
    };
}

cases! {
    neither: [sync_backref = false] [sync_backref = false] (false, false);
    from_bs: [sync_backref] [sync_backref = false] (false, true);
    bs_read_neither: [viewonly, sync_backref = false] [sync_backref = false] (false, false);
    from_a: [sync_backref = false] [sync_backref] (true, false);
    both: [sync_backref] [sync_backref] (true, true);
    a_read_neither: [sync_backref = false] [viewonly, sync_backref = false] (false, false);
    both_read_neither: [viewonly, sync_backref = false] [viewonly, sync_backref = false] (false, false);
    a_unsaid: [sync_backref = false] [] (true, false);
    a_unsaid_from_bs: [sync_backref] [] (true, true);
    a_unsaid_bs_read: [viewonly, sync_backref = false] [] (false, false);
    a_read_unsaid: [sync_backref = false] [viewonly] (false, false);
    both_read_a_unsaid: [viewonly, sync_backref = false] [viewonly] (false, false);
    bs_unsaid: [] [sync_backref = false] (false, true);
    bs_read_unsaid: [viewonly] [sync_backref = false] (false, false);
    bs_unsaid_from_a: [] [sync_backref] (true, true);
    bs_unsaid_a_read: [] [viewonly, sync_backref = false] (false, false);
    both_read_bs_unsaid: [viewonly] [viewonly, sync_backref = false] (false, false);
    unsaid: [] [] (true, true);
    bs_read: [viewonly] [] (false, false);
    a_read: [] [viewonly] (false, false);
    both_read: [viewonly] [viewonly] (false, false);
}

#[test]
fn each_combination() {
    check_all();
}
