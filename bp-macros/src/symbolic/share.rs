//! Formulas as a graph in which equal expressions are one node: what is shared is found by building it.

use super::function::Function;
use std::collections::BTreeMap;

/// An expression of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(usize);

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Test {
    Less,
    LessEqual,
    Equal,
}

/// What an expression is, over its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    /// A parameter of the closure.
    Variable(usize),
    /// The bits of an `f64`.
    Number(u64),
    /// A constant of the user's.
    Constant(usize),
    Negative(Id),
    Sum(Id, Id),
    Difference(Id, Id),
    Product(Id, Id),
    Quotient(Id, Id),
    /// To a whole power other than 0 and 1.
    Power(Id, i32),
    RealPower(Id, Id),
    Call(Function, Id),
    Min(Id, Id),
    Max(Id, Id),
    /// `yes` where the test holds, `no` elsewhere.
    Choice {
        test: Test,
        left: Id,
        right: Id,
        yes: Id,
        no: Id,
    },
}

impl Node {
    pub(crate) fn operands(self) -> Vec<Id> {
        match self {
            Self::Variable(_) | Self::Number(_) | Self::Constant(_) => Vec::new(),
            Self::Negative(a) | Self::Power(a, _) | Self::Call(_, a) => vec![a],
            Self::Sum(a, b)
            | Self::Difference(a, b)
            | Self::Product(a, b)
            | Self::Quotient(a, b)
            | Self::RealPower(a, b)
            | Self::Min(a, b)
            | Self::Max(a, b) => vec![a, b],
            Self::Choice { left, right, yes, no, .. } => vec![left, right, yes, no],
        }
    }

    /// Whether it is had without computing.
    pub(crate) fn is_leaf(self) -> bool {
        self.operands().is_empty()
    }

    fn swapped(self) -> Option<Self> {
        match self {
            Self::Sum(a, b) => Some(Self::Sum(b, a)),
            Self::Product(a, b) => Some(Self::Product(b, a)),
            _ => None,
        }
    }
}

/// All expressions built so far. Operands come before what uses them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    ids: BTreeMap<Node, Id>,
}

impl Graph {
    pub(crate) fn node(&self, id: Id) -> Node {
        self.nodes[id.0]
    }

    /// The one expression that is this node, a sum or product also where it was built the other way round.
    pub(super) fn intern(&mut self, node: Node) -> Id {
        let known = self.ids.get(&node).or_else(|| self.ids.get(&node.swapped()?));
        if let Some(id) = known {
            return *id;
        }
        let id = Id(self.nodes.len());
        self.nodes.push(node);
        self.ids.insert(node, id);
        id
    }

    /// How often each expression under the roots is used, operands first.
    pub(crate) fn uses(&self, roots: &[Id]) -> BTreeMap<Id, usize> {
        let mut uses = BTreeMap::new();
        let mut open = roots.to_vec();
        while let Some(id) = open.pop() {
            let count = uses.entry(id).or_insert(0);
            *count += 1;
            if *count == 1 {
                open.extend(self.node(id).operands());
            }
        }
        uses
    }
}
