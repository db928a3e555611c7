//! Classes that stand in no circle.

use expect_test::expect;

use super::{Flush, check_circles, check_plan};
use crate::flush::plan::{Key, Links, Order};

#[test]
fn a_class_alone_saves_before_it_deletes() {
    check_plan(
        &Flush::default().saves("User", &[0, 2]).deletes("User", &[1]),
        expect![[r#"
            save User 0 2
            delete User 1
        "#]],
    );
}

#[test]
fn nothing_to_do() {
    check_plan(&Flush::default(), expect![[""]]);
    check_plan(&Flush::default().lists("User", &[0]), expect![[""]]);
}

#[test]
fn a_chain_of_one_to_many() {
    let flush = Flush::default()
        .saves("Item", &[0])
        .saves("Order", &[1, 2])
        .deletes("Order", &[5])
        .deletes("Item", &[6])
        .saves("User", &[3])
        .deletes("User", &[4])
        .one_to_many("Order", "items", "Item")
        .one_to_many("User", "orders", "Order");
    check_circles(&flush, expect![[""]]);
    check_plan(
        &flush,
        expect![[r#"
        process Order.items of deleted 5
        process User.orders of deleted 4
        save User 3
        process User.orders of saved 3
        save Order 1 2
        process Order.items of saved 1 2
        save Item 0
        delete Item 6
        delete Order 5
        delete User 4
    "#]],
    );
}

#[test]
fn both_sides_of_a_link() {
    check_plan(
        &Flush::default()
            .saves("Address", &[0])
            .deletes("Address", &[1])
            .saves("User", &[2])
            .deletes("User", &[3])
            .many_to_one("Address", "user", "User")
            .one_to_many("User", "addresses", "Address"),
        expect![[r#"
            process Address.user of deleted 1
            process User.addresses of deleted 3
            save User 2
            process Address.user of saved 0
            process User.addresses of saved 2
            save Address 0
            delete Address 1
            delete User 3
        "#]],
    );
}

#[test]
fn a_diamond() {
    check_plan(
        &Flush::default()
            .saves("Leaf", &[0])
            .saves("Right", &[1])
            .saves("Left", &[2])
            .saves("Root", &[3])
            .many_to_one("Leaf", "left", "Left")
            .many_to_one("Leaf", "right", "Right")
            .many_to_one("Left", "root", "Root")
            .many_to_one("Right", "root", "Root"),
        expect![[r#"
            save Root 3
            process Left.root of saved 2
            process Right.root of saved 1
            save Left 2
            save Right 1
            process Leaf.left of saved 0
            process Leaf.right of saved 0
            save Leaf 0
        "#]],
    );
}

#[test]
fn rows_of_association_tables_come_after_both_ends_and_go_before_them() {
    check_plan(
        &Flush::default()
            .saves("Post", &[0])
            .deletes("Post", &[1])
            .saves("Tag", &[2])
            .deletes("Tag", &[3])
            .many_to_many("Post", "tags", "Tag")
            .many_to_many("Tag", "posts", "Post"),
        expect![[r#"
            process Post.tags of deleted 1
            process Tag.posts of deleted 3
            save Post 0
            save Tag 2
            process Post.tags of saved 0
            process Tag.posts of saved 2
            delete Post 1
            delete Tag 3
        "#]],
    );
}

#[test]
fn names_decide_where_nothing_else_does() {
    let flush = Flush::default()
        .saves("Zebra", &[0])
        .saves("Ant", &[1])
        .deletes("Zebra", &[2])
        .deletes("Ant", &[3])
        .saves("Zoo", &[4])
        .many_to_one("Zebra", "zoo", "Zoo")
        .many_to_one("Zebra", "birthplace", "Zoo")
        .many_to_one("Ant", "zoo", "Zoo");
    check_plan(
        &flush,
        expect![[r#"
        process Ant.zoo of deleted 3
        process Zebra.birthplace of deleted 2
        process Zebra.zoo of deleted 2
        save Zoo 4
        process Ant.zoo of saved 1
        process Zebra.birthplace of saved 0
        process Zebra.zoo of saved 0
        save Ant 1
        save Zebra 0
        delete Ant 3
        delete Zebra 2
    "#]],
    );
    // In another order of arrival: the same steps.
    let other = Flush::default()
        .saves("Zoo", &[4])
        .saves("Ant", &[1])
        .deletes("Ant", &[3])
        .saves("Zebra", &[0])
        .deletes("Zebra", &[2])
        .many_to_one("Ant", "zoo", "Zoo")
        .many_to_one("Zebra", "birthplace", "Zoo")
        .many_to_one("Zebra", "zoo", "Zoo");
    check_plan(
        &other,
        expect![[r#"
        process Ant.zoo of deleted 3
        process Zebra.birthplace of deleted 2
        process Zebra.zoo of deleted 2
        save Zoo 4
        process Ant.zoo of saved 1
        process Zebra.birthplace of saved 0
        process Zebra.zoo of saved 0
        save Ant 1
        save Zebra 0
        delete Ant 3
        delete Zebra 2
    "#]],
    );
}

#[test]
fn a_class_without_objects_keeps_the_order_of_those_around_it() {
    // Nothing leads from `User` to `Invoice` but `Account`, of which no object is written.
    let flush = || Flush::default().saves("Invoice", &[0]).saves("User", &[1]);
    check_plan(
        &flush().one_to_many("User", "accounts", "Account").many_to_one("Invoice", "account", "Account"),
        expect![[r#"
            save User 1
            process User.accounts of saved 1
            process Invoice.account of saved 0
            save Invoice 0
        "#]],
    );
    check_plan(
        &flush().inactive().many_to_one("Invoice", "account", "Account"),
        expect![[r#"
        save User 1
        process Invoice.account of saved 0
        save Invoice 0
    "#]],
    );
}

/// A key of its own for each number.
fn key(number: usize) -> Key {
    Key { active: (0..16).map(|bit| number >> bit & 1 == 1).collect(), ..Key::default() }
}

/// Whether the order of that key is known; it is afterwards.
fn is_known(number: usize, flush: &Flush) -> bool {
    let mut is_known = true;
    let order = Order::of(key(number), || {
        is_known = false;
        flush.shape.clone()
    });
    let steps = flush.show(&order.finish(&flush.items, &Links::default()));
    assert_eq!(steps, "save User 0\ndelete User 1\n");
    is_known
}

#[test]
fn an_order_that_was_found_is_known_until_there_are_too_many() {
    let flush = Flush::default().saves("User", &[0]).deletes("User", &[1]);
    let known = |numbers: std::ops::Range<usize>| numbers.map(|number| is_known(number, &flush)).collect();
    let first: Vec<bool> = known(0..600);
    assert!(!first.contains(&true));
    let again: Vec<bool> = known(500..600);
    assert_eq!(again.iter().filter(|known| **known).count(), 600 - 512);
}

/// Neither class waits for the other; deletions wait for the updates.
#[test]
fn foreign_keys_of_updates_of_their_own() {
    let flush = || {
        Flush::default()
            .one_to_many("Team", "members", "Member")
            .post_update()
            .many_to_one("Team", "captain", "Member")
            .post_update()
    };
    check_plan(
        &flush().saves("Team", &[0]).saves("Member", &[1]),
        expect![[r#"
            save Member 1
            save Team 0
            process Team.captain of saved 0
            process Team.members of saved 0
            post-update Member 1
            post-update Team 0
        "#]],
    );
    check_plan(
        &flush().deletes("Team", &[0]).deletes("Member", &[1]).saves("Member", &[2]),
        expect![[r#"
            process Team.captain of deleted 0
            save Member 2
            process Team.members of deleted 0
            pre-update Member 1
            pre-update Team 0
            post-update Member 2
            delete Member 1
            delete Team 0
        "#]],
    );
}
