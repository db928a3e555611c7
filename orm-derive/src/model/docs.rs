//! What a user says of a field, for what is made of it.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The documentation of a field up to its first example, which is compiled and run where it stands and nowhere else.
/// Each line begins with a space, as comments have it.
pub(super) fn of(attrs: &[Attribute]) -> String {
    let docs = attrs.iter().filter(|attr| attr.path().is_ident("doc")).filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(unindented(&text.value())),
            _ => None,
        },
        Meta::Path(_) | Meta::List(_) => None,
    });
    let all = docs.collect::<Vec<_>>().join("\n");
    let mut lines: Vec<&str> = all.lines().take_while(|line| !begins_example(line)).collect();
    // The heading of what is left out.
    while lines.last().is_some_and(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        lines.pop();
    }
    lines.join("\n")
}

/// The text of a block comment without its indentation.
fn unindented(text: &str) -> String {
    if !text.contains('\n') {
        return text.to_owned();
    }
    text.lines().map(|line| format!(" {}", line.trim())).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// Whether a line begins code: by a fence, or by being indented.
fn begins_example(line: &str) -> bool {
    let text = line.trim_start();
    text.starts_with("```") || text.starts_with("~~~") || (line.starts_with("     ") && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_the_first_example() {
        let field: syn::ItemStruct = syn::parse_quote! {
            struct Holder {
                /// The name, as it is shown.
                ///
                /// See [`User`].
                ///
                /// # Examples
                /// ```
                /// panic!();
                /// ```
                #[column(unique)]
                #[doc(alias = "title")]
                name: String,
                /** Two
                 lines. */
                other: String,
                plain: String,
            }
        };
        let docs: Vec<String> = field.fields.iter().map(|field| of(&field.attrs)).collect();
        assert_eq!(docs[0], " The name, as it is shown.\n\n See [`User`].");
        assert_eq!(docs[1], " Two\n lines.");
        assert_eq!(docs[2], "");
    }
}
