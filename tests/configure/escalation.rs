//! Conditions that say too little: without a foreign column, without an equality, or with either on both sides, of two tables,
//! of one with itself, and through a third; with and without foreign keys in the schema.

use expect_test::expect;
use orm::prelude::*;

fn causes(error: &orm::Error) -> String {
    let mut lines: Vec<String> = error.causes().iter().map(|cause| format!("{cause}\n")).collect();
    lines.sort();
    lines.concat()
}

mod refused {
    use super::*;

    orm::registry!(
        /// None of these can be.
        pub Refused
    );

    #[derive(Mapped)]
    #[mapped(registry = Refused)]
    pub struct Foo {
        #[column(primary_key)]
        pub id: i64,
        pub fid: Option<i64>,
        #[relationship(primaryjoin = Foo::id.gt(Bar::fid))]
        pub no_equated: Many<Bar>,
        #[relationship(primaryjoin = Foo::id.gt(Bar::fid), foreign_keys = Bar::fid)]
        pub no_equated_fks: Many<Bar>,
        #[relationship(primaryjoin = FkBar::fid.eq(FkFoo::id).and(FkFoo::id.eq(Foo::id)))]
        pub no_equated_wo_fks: Many<FkBar>,
        #[relationship(primaryjoin = Foo::id.eq(Bar::fid), foreign_keys = (Foo::id, Bar::fid))]
        pub ambiguous_fks: Many<Bar>,
        #[relationship(
            primaryjoin = Foo::id.eq(Bar::fid),
            foreign_keys = Bar::fid,
            remote_side = (Foo::id, Bar::fid),
            viewonly
        )]
        pub ambiguous_remoteside_o2m: Many<Bar>,
        #[relationship(
            primaryjoin = Foo::id.eq(Bar::fid),
            foreign_keys = Foo::id,
            remote_side = (Foo::id, Bar::fid),
            viewonly
        )]
        pub ambiguous_remoteside_m2o: Option<One<Bar>>,
        #[relationship(primaryjoin = Foo::id.gt(Foo::fid))]
        pub self_ref_no_fks: Many<Foo>,
        #[relationship(primaryjoin = Foo::id.gt(Foo::fid), foreign_keys = Foo::fid)]
        pub self_ref_no_equality: Many<Foo>,
        #[relationship(primaryjoin = Foo::id.gt(Bar::fid), viewonly)]
        pub no_equated_viewonly: Many<Bar>,
        #[relationship(primaryjoin = Foo::id.gt(Foo::fid), viewonly)]
        pub self_ref_viewonly: Many<Foo>,
        #[relationship(primaryjoin = Foo::id.eq(Bar::fid))]
        pub equated: Many<Bar>,
        #[relationship(primaryjoin = Foo::id.eq(Foo::fid))]
        pub equated_self_ref: Many<Foo>,
        #[relationship(primaryjoin = Foo::id.eq(Foo::fid), foreign_keys = Bar::id)]
        pub equated_self_ref_wrong_fks: Many<Foo>,
        #[relationship(
            secondary = FooBar,
            primaryjoin = Foo::id.gt(FooBar::fid),
            secondaryjoin = FooBar::bid.le(Bar::id)
        )]
        pub bad_primaryjoin: Many<Bar>,
        #[relationship(
            secondary = FkFooBar,
            primaryjoin = Foo::id.gt(FkFooBar::fid),
            secondaryjoin = FkFooBar::bid.le(Bar::id)
        )]
        pub bad_primaryjoin_with_fks: Many<Bar>,
        #[relationship(
            secondary = FooBar,
            primaryjoin = Foo::id.eq(FooBar::fid),
            secondaryjoin = FooBar::bid.le(Bar::id),
            foreign_keys = FooBar::fid
        )]
        pub bad_secondaryjoin: Many<Bar>,
        #[relationship(
            secondary = FooBar,
            primaryjoin = Foo::id.eq(FooBar::fid),
            secondaryjoin = FooBar::bid.le(Bar::id),
            foreign_keys = (FooBar::fid, FooBar::bid)
        )]
        pub no_equated_secondaryjoin: Many<Bar>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Refused)]
    pub struct Bar {
        #[column(primary_key)]
        pub id: i64,
        pub fid: Option<i64>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Refused)]
    pub struct FkFoo {
        #[column(primary_key)]
        pub id: i64,
    }

    #[derive(Mapped)]
    #[mapped(registry = Refused)]
    pub struct FkBar {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = FkFoo::id)]
        pub fid: Option<i64>,
    }

    #[derive(Table)]
    #[mapped(registry = Refused)]
    pub struct FooBar {
        pub fid: i64,
        pub bid: i64,
    }

    #[derive(Table)]
    #[mapped(registry = Refused)]
    pub struct FkFooBar {
        #[column(foreign_key = Foo::id)]
        pub fid: i64,
        #[column(foreign_key = Bar::id)]
        pub bid: i64,
    }
}

#[test]
fn conditions_that_say_too_little() {
    expect![[r#"
        [join-condition] `Foo.ambiguous_fks`: foreign columns stand on both sides of the join; help: mark those of one side by `foreign()`
        [join-condition] `Foo.ambiguous_remoteside_m2o`: `foo.id` is said to be remote, but it is a column of the class itself; help: `remote()` and `remote_side` are for a class that leads to itself: remove them
        [join-condition] `Foo.ambiguous_remoteside_o2m`: `foo.id` is said to be remote, but it is a column of the class itself; help: `remote()` and `remote_side` are for a class that leads to itself: remove them
        [join-condition] `Foo.bad_primaryjoin_with_fks`: `primaryjoin` equates no foreign column with another one, so nobody knows what to write into it; help: compare them by `eq`, or write `viewonly`: then the relationship is only read
        [join-condition] `Foo.bad_primaryjoin`: `primaryjoin` equates no foreign column with another one, so nobody knows what to write into it; help: compare them by `eq`, or write `viewonly`: then the relationship is only read
        [join-condition] `Foo.bad_secondaryjoin`: `secondaryjoin` has no foreign column; help: mark those by `foreign()` that hold a key, or name them in `foreign_keys`
        [join-condition] `Foo.equated_self_ref_wrong_fks`: `foreign_keys` names a column of `bar`, which isn't part of the relationship; help: name columns of `foo`
        [join-condition] `Foo.equated_self_ref`: `primaryjoin` compares no column of the class with one of the other side; help: mark the columns of the other row by `remote()`
        [join-condition] `Foo.equated`: `primaryjoin` has no foreign column; help: mark those by `foreign()` that hold a key, or name them in `foreign_keys`
        [join-condition] `Foo.no_equated_fks`: `primaryjoin` equates no foreign column with another one, so nobody knows what to write into it; help: compare them by `eq`, or write `viewonly`: then the relationship is only read
        [join-condition] `Foo.no_equated_secondaryjoin`: `secondaryjoin` equates no foreign column with another one, so nobody knows what to write into it; help: compare them by `eq`, or write `viewonly`: then the relationship is only read
        [join-condition] `Foo.no_equated_viewonly`: `primaryjoin` has no foreign column; help: mark those by `foreign()` that hold a key, or name them in `foreign_keys`
        [join-condition] `Foo.no_equated_wo_fks`: `primaryjoin` names a column of `fk_foo`, which isn't part of the relationship; help: use columns of `foo` and `fk_bar`
        [join-condition] `Foo.no_equated`: `primaryjoin` has no foreign column; help: mark those by `foreign()` that hold a key, or name them in `foreign_keys`
        [join-condition] `Foo.self_ref_no_equality`: `primaryjoin` equates no foreign column with another one, so nobody knows what to write into it; help: compare them by `eq`, or write `viewonly`: then the relationship is only read
        [join-condition] `Foo.self_ref_no_fks`: `primaryjoin` compares no column of the class with one of the other side; help: mark the columns of the other row by `remote()`
        [join-condition] `Foo.self_ref_viewonly`: `primaryjoin` compares no column of the class with one of the other side; help: mark the columns of the other row by `remote()`
    "#]].assert_eq(&causes(&refused::Refused::configure().unwrap_err()));
}

mod taken {
    use super::*;

    orm::registry!(
        /// All of these can be.
        pub Taken
    );

    #[derive(Mapped)]
    #[mapped(registry = Taken)]
    pub struct Foo {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Foo::id)]
        pub fid: Option<i64>,
        pub other: Option<i64>,
        #[relationship(primaryjoin = Foo::id.gt(Bar::fid), viewonly)]
        pub no_equated_viewonly: Many<Bar>,
        #[relationship(primaryjoin = Foo::id.gt(Foo::fid), viewonly)]
        pub self_ref_viewonly: Many<Foo>,
        #[relationship(primaryjoin = Foo::id.gt(Foo::other), foreign_keys = Foo::other, viewonly)]
        pub self_ref_viewonly_fks: Many<Foo>,
        #[relationship(primaryjoin = Foo::id.eq(Bar::fid))]
        pub equated: Many<Bar>,
        #[relationship(
            secondary = FooBar,
            primaryjoin = Foo::id.eq(FooBar::fid),
            secondaryjoin = FooBar::bid.eq(Bar::id)
        )]
        pub no_fks: Many<Bar>,
        #[relationship(
            secondary = FkFooBar,
            primaryjoin = Foo::id.gt(FkFooBar::fid),
            secondaryjoin = FkFooBar::bid.le(Bar::id),
            viewonly
        )]
        pub bad_primaryjoin_viewonly: Many<Bar>,
        #[relationship(secondary = FkFooBar, back_populates = "foos")]
        pub linked: Many<Bar>,
    }

    #[derive(Mapped)]
    #[mapped(registry = Taken)]
    pub struct Bar {
        #[column(primary_key)]
        pub id: i64,
        #[column(foreign_key = Foo::id)]
        pub fid: Option<i64>,
        #[relationship(secondary = FkFooBar, back_populates = "linked")]
        pub foos: Many<Foo>,
    }

    #[derive(Table)]
    #[mapped(registry = Taken)]
    pub struct FooBar {
        pub fid: i64,
        pub bid: i64,
        pub fid1: Option<i64>,
        pub bid1: Option<i64>,
    }

    #[derive(Table)]
    #[mapped(registry = Taken)]
    pub struct FkFooBar {
        #[column(foreign_key = Foo::id)]
        pub fid: i64,
        #[column(foreign_key = Bar::id)]
        pub bid: i64,
    }
}

#[test]
fn conditions_that_say_enough() {
    taken::Taken::configure().unwrap();
    let all = [
        ("Foo", "no_equated_viewonly"),
        ("Foo", "self_ref_viewonly"),
        ("Foo", "self_ref_viewonly_fks"),
        ("Foo", "equated"),
        ("Foo", "no_fks"),
        ("Foo", "bad_primaryjoin_viewonly"),
        ("Foo", "linked"),
        ("Bar", "foos"),
    ];
    expect![[r#"
        Foo.no_equated_viewonly
            foo.id > bar.fid
                foo.id; bar.fid remote foreign;
        Foo.self_ref_viewonly
            foo.id > foo.fid
                foo.id; foo.fid remote foreign;
        Foo.self_ref_viewonly_fks
            foo.id > foo.other
                foo.id; foo.other remote foreign;
        Foo.equated
            foo.id = bar.fid
                foo.id; bar.fid remote foreign;
        Foo.no_fks
            foo.id = foo_bar.fid
                foo.id; foo_bar.fid remote foreign;
            foo_bar.bid = bar.id
                foo_bar.bid remote foreign; bar.id remote;
        Foo.bad_primaryjoin_viewonly
            foo.id > fk_foo_bar.fid
                foo.id; fk_foo_bar.fid remote foreign;
            fk_foo_bar.bid <= bar.id
                fk_foo_bar.bid remote foreign; bar.id remote;
        Foo.linked
            foo.id = fk_foo_bar.fid
                foo.id; fk_foo_bar.fid remote foreign;
            bar.id = fk_foo_bar.bid
                bar.id remote; fk_foo_bar.bid remote foreign;
        Bar.foos
            bar.id = fk_foo_bar.bid
                bar.id; fk_foo_bar.bid remote foreign;
            foo.id = fk_foo_bar.fid
                foo.id remote; fk_foo_bar.fid remote foreign;
    "#]]
    .assert_eq(&all.map(|(class, name)| told(class, name)).concat());
}

/// Its conditions, and the marks of their columns.
fn told(class: &str, name: &str) -> String {
    let relationship = taken::Taken::mapper(class).unwrap().relationship(name).unwrap();
    let mut told = format!("{class}.{name}");
    for join in [Some(relationship.primaryjoin()), relationship.secondaryjoin()].into_iter().flatten() {
        told.push_str(&format!("\n    {join}\n       "));
        for column in join.columns() {
            let marks = [(column.is_remote, " remote"), (column.is_foreign, " foreign")];
            let marks = marks.map(|(is, word)| if is { word } else { "" });
            told.push_str(&format!(" {column}{};", marks.concat()));
        }
    }
    told + "\n"
}
