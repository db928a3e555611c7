//! Which options a query takes: those of its class, lists of them, and `OptionOf`.

use std::marker::PhantomData;

use super::column_options::{ColumnsOf, DeferredOf};
use super::leaf::ClassRef;
use super::load::{AllRelationships, Load};
use super::option::{How, LoadOption, What};
use super::options_for::OptionsFor;
use super::row::AnyRoot;
use crate::declare::AliasId;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::AnyClass;

macro_rules! options {
    ($($root:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<S: Mapped, U> OptionsFor<$root> for Load<S, U> {
            fn put(self, into: &mut Vec<LoadOption>) {
                self.erase(ClassRef::Entry(S::class), into);
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Mapped> OptionsFor<$root> for ColumnsOf<S> {
            fn put(self, into: &mut Vec<LoadOption>) {
                into.push(LoadOption {
                    class: Some(ClassRef::Entry(S::class)),
                    alias: self.alias,
                    what: What::Columns(self.option),
                });
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S: Mapped> OptionsFor<$root> for DeferredOf<S> {
            fn put(self, into: &mut Vec<LoadOption>) {
                OptionsFor::<$root>::put(self.0, into);
            }
        }
    )*};
}

options!(S, AnyRoot, AnyClass);

#[diagnostic::do_not_recommend]
impl<E> OptionsFor<E> for AllRelationships {
    fn put(self, into: &mut Vec<LoadOption>) {
        let what = What::AllRelations(How::By(self.0));
        into.push(LoadOption { class: None, alias: AliasId::NONE, what });
    }
}

/// Options of a class whose kinds are forgotten: what lists that are made when the program runs hold.
#[derive(Debug)]
pub struct OptionOf<E>(Vec<LoadOption>, PhantomData<fn() -> E>);

impl<E> OptionOf<E> {
    /// Of an option, or several.
    pub fn new(options: impl OptionsFor<E>) -> Self {
        let mut all = Vec::new();
        options.put(&mut all);
        OptionOf(all, PhantomData)
    }
}

impl<E> Clone for OptionOf<E> {
    fn clone(&self) -> Self {
        OptionOf(self.0.clone(), PhantomData)
    }
}

#[diagnostic::do_not_recommend]
impl<E> OptionsFor<E> for OptionOf<E> {
    fn put(mut self, into: &mut Vec<LoadOption>) {
        into.append(&mut self.0);
    }
}

#[diagnostic::do_not_recommend]
impl<E, O: OptionsFor<E>> OptionsFor<E> for Vec<O> {
    fn put(self, into: &mut Vec<LoadOption>) {
        self.into_iter().for_each(|option| option.put(into));
    }
}

#[diagnostic::do_not_recommend]
impl<E, O: OptionsFor<E>> OptionsFor<E> for Option<O> {
    fn put(self, into: &mut Vec<LoadOption>) {
        self.into_iter().for_each(|option| option.put(into));
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E, $($name: OptionsFor<E>),*> OptionsFor<E> for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn put(self, into: &mut Vec<LoadOption>) {
                let ($($name,)*) = self;
                $($name.put(into);)*
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D F;
    A B C D F G;
    A B C D F G H;
    A B C D F G H I;
}
