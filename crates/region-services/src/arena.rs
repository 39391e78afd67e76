//! An append-only store: the true state keeps every instance and task that ever existed.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The key of an item in its [`Arena`].
pub(super) trait Key: Copy {
    /// The key of the item at `index`.
    fn at(index: usize) -> Self;
    /// The index of this key.
    fn index(self) -> usize;
}

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) struct $name(usize);

        impl Key for $name {
            fn at(index: usize) -> Self {
                Self(index)
            }
            fn index(self) -> usize {
                self.0
            }
        }
    )+};
}

keys! {
    /// A container instance, as ECS registered it.
    ContainerKey,
    /// An Auto Scaling group.
    GroupKey,
    /// An EC2 instance.
    InstanceKey,
    ServiceKey,
    TaskKey,
}

/// Items in order of insertion, under keys of a type of their own.
#[derive(Debug)]
pub(super) struct Arena<K, T> {
    items: Vec<T>,
    keys: PhantomData<K>,
}

impl<K, T> Default for Arena<K, T> {
    fn default() -> Self {
        Self { items: Vec::new(), keys: PhantomData }
    }
}

impl<K: Key, T> Arena<K, T> {
    /// Add `item` and return its key.
    pub(super) fn add(&mut self, item: T) -> K {
        self.items.push(item);
        K::at(self.items.len() - 1)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut()
    }

    /// Everything, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &T)> {
        self.items.iter().enumerate().map(|(index, item)| (K::at(index), item))
    }
}

impl<K: Key, T> Index<K> for Arena<K, T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "only `add` makes keys and nothing is removed")]
    fn index(&self, key: K) -> &T {
        &self.items[key.index()]
    }
}

impl<K: Key, T> IndexMut<K> for Arena<K, T> {
    #[expect(clippy::indexing_slicing, reason = "only `add` makes keys and nothing is removed")]
    fn index_mut(&mut self, key: K) -> &mut T {
        &mut self.items[key.index()]
    }
}
