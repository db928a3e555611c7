//! What must not compile, with the messages, and what must.

#[test]
fn messages_and_what_compiles() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui_pass/*.rs");
    cases.compile_fail("ui/*/*.rs");
}
