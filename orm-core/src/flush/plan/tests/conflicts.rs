//! Deletions that have to go before an insertion of the same class.

use expect_test::{Expect, expect};

use super::{Flush, ids};
use crate::flush::plan::{ClassPlace, Conflict, ItemId, Order, Verb};

/// Plans with the deletions of some objects before others are saved, and compares the steps.
fn check(flush: &Flush, conflicts: &[(usize, usize)], expected: Expect) {
    let order = Order::apart(flush.shape.clone());
    let links = flush.links(&order);
    let conflict = |(deleted, saved): &(usize, usize)| {
        let item = ItemId::at(*deleted);
        let class = flush.items.0.iter().position(|items| items.deleted.contains(&item)).unwrap();
        Conflict { class: ClassPlace::at(class), deleted: item, saved: ItemId::at(*saved) }
    };
    let conflicts: Vec<Conflict> = conflicts.iter().map(conflict).collect();
    let plan = order.deleting_first(&flush.items, &links, &conflicts);
    expected.assert_eq(&plan.map_or_else(|| "none\n".to_owned(), |plan| flush.show(&plan)));
}

#[test]
fn a_class_alone() {
    let flush = Flush::default().saves("Tag", &[0, 1]).deletes("Tag", &[2, 3]);
    check(
        &flush,
        &[(3, 0)],
        expect![[r#"
            delete Tag 3
            save Tag 1
            save Tag 0
            delete Tag 2
        "#]],
    );
    assert_eq!(flush.items.of(Verb::Delete, ClassPlace::at(0)), &*ids(&[2, 3]));
}

#[test]
fn a_child_that_is_replaced() {
    check(
        &Flush::default()
            .saves("User", &[0])
            .saves("Profile", &[1])
            .deletes("Profile", &[2])
            .one_to_many("User", "profile", "Profile")
            .link("profile", 0, &[1, 2])
            .many_to_one("Profile", "user", "User")
            .link("user", 1, &[0])
            .link("user", 2, &[]),
        &[(2, 1)],
        expect![[r#"
            process Profile.user of deleted 2
            save User 0
            process User.profile of saved 0
            process Profile.user of saved 1
            delete Profile 2
            save Profile 1
        "#]],
    );
}

#[test]
fn a_parent_goes_after_its_children() {
    check(
        &Flush::default()
            .saves("User", &[0])
            .deletes("User", &[1])
            .saves("Address", &[2])
            .deletes("Address", &[3])
            .saves("Order", &[4])
            .one_to_many("User", "addresses", "Address")
            .link("addresses", 0, &[2])
            .link("addresses", 1, &[3])
            .one_to_many("User", "orders", "Order")
            .link("orders", 1, &[4]),
        &[(1, 0)],
        expect![[r#"
            process User.addresses of deleted 1
            process User.orders of deleted 1
            delete Address 3
            save Order 4
            delete User 1
            save User 0
            process User.addresses of saved 0
            save Address 2
        "#]],
    );
}

#[test]
fn a_child_that_moves_to_what_takes_the_value_can_not_go_first() {
    let flush = Flush::default()
        .saves("User", &[0])
        .deletes("User", &[1])
        .saves("Address", &[2])
        .one_to_many("User", "addresses", "Address")
        .link("addresses", 0, &[2])
        .link("addresses", 1, &[2]);
    check(
        &flush,
        &[(1, 0)],
        expect![[r#"
        none
    "#]],
    );
}

#[test]
fn a_class_that_depends_on_itself() {
    check(
        &Flush::default()
            .saves("Node", &[0, 1])
            .deletes("Node", &[2, 3])
            .one_to_many("Node", "children", "Node")
            .link("children", 0, &[1])
            .link("children", 2, &[3]),
        &[(2, 0)],
        expect![[r#"
            process Node.children of deleted 2
            delete Node 3
            delete Node 2
            save Node 0
            process Node.children of saved 0
            save Node 1
        "#]],
    );
}
