//! `view!`: markup in Rust that builds the document through `ui::dom`.
//!
//! Invariant: knows nothing but syntax. It accepts what `leptos::view!` accepts of plain elements, components,
//! text, blocks and fragments, with the attributes `class:name`, `style:name`, `style=(name, value)`, `prop:name`,
//! `on:event` and `node_ref`. Leptos' own macro makes a type of every element and a family of functions of every
//! type; that costs a page of this size a megabyte. This one makes calls of a few functions.
//!
//! Worked example: `view! { <p class="a" id=id>{text}</p> }` becomes
//! `{ dom::open("p\0class\0a"); dom::attr("id", id); dom::add(text); dom::done() }`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use syn::{Block, Expr, ExprLit, Lit, Stmt};

/// Elements of SVG wherever they stand; `a` and `title` are of SVG inside them.
const SVG: &[&str] = &[
    "svg", "g", "rect", "line", "text", "polyline", "polygon", "circle", "path", "use", "symbol",
];

/// Markup that builds a view.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match rstml::parse2(tokens.into()) {
        Ok(roots) => nodes(&roots, false).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// One view of several nodes.
fn nodes(all: &[Node], svg: bool) -> TokenStream {
    let views: Vec<TokenStream> = all.iter().filter_map(|one| node(one, svg)).collect();
    match views.as_slice() {
        [] => quote! { ::ui::dom::AnyView::empty() },
        [one] => one.clone(),
        many => quote! { ::ui::dom::AnyView::many(::std::vec![#(#many),*]) },
    }
}

fn node(node: &Node, svg: bool) -> Option<TokenStream> {
    Some(match node {
        Node::Element(element) => {
            if is_component(element.name()) {
                component(element, svg)
            } else {
                html(element, svg)
            }
        }
        Node::Fragment(fragment) => nodes(&fragment.children, svg),
        Node::Block(block) => {
            let content = content(block);
            quote! { ::ui::dom::IntoView::into_any(#content) }
        }
        Node::Text(text) => {
            let value = &text.value;
            quote! { ::ui::dom::text(#value) }
        }
        Node::RawText(text) => {
            let value = text.to_string_best();
            quote! { ::ui::dom::text(#value) }
        }
        Node::Comment(_) | Node::Doctype(_) | Node::Custom(_) => return None,
    })
}

fn is_component(name: &NodeName) -> bool {
    match name {
        NodeName::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)),
        NodeName::Punctuated(_) | NodeName::Block(_) => false,
    }
}

/// A plain element that is a view of its own.
fn html(element: &NodeElement<rstml::Infallible>, inside_svg: bool) -> TokenStream {
    let inside = built(element, inside_svg);
    quote! { { #inside ::ui::dom::done() } }
}

/// The calls that open an element and fill it. What is constant in its tag goes into one text: the name, then
/// names and values of attributes, with a zero between them.
fn built(element: &NodeElement<rstml::Infallible>, inside_svg: bool) -> TokenStream {
    let tag = plain(element.name());
    let svg = SVG.contains(&tag.as_str()) || (inside_svg && (tag == "a" || tag == "title"));
    let mut start = tag;
    let mut calls = Vec::new();
    for attribute in element.attributes() {
        match constant(attribute) {
            Some((name, value)) => start.push_str(&["\0", &name, "\0", &value].concat()),
            None => calls.push(self::attribute(attribute)),
        }
    }
    let open = if svg {
        quote! { ::ui::dom::open_svg(#start); }
    } else {
        quote! { ::ui::dom::open(#start); }
    };
    let children = element.children.iter().filter_map(|child| match child {
        Node::Text(text) => {
            let value = &text.value;
            Some(quote! { ::ui::dom::words(#value); })
        }
        Node::Block(block) => {
            let content = content(block);
            Some(quote! { ::ui::dom::add(#content); })
        }
        Node::Element(inner) if !is_component(inner.name()) => {
            let inside = built(inner, svg);
            Some(quote! { #inside ::ui::dom::shut(); })
        }
        other => node(other, svg).map(|view| quote! { ::ui::dom::put(#view); }),
    });
    quote! {
        #open
        #(#calls)*
        #(#children)*
    }
}

/// Name and value of an attribute that are known here.
fn constant(attribute: &NodeAttribute) -> Option<(String, String)> {
    let NodeAttribute::Attribute(attribute) = attribute else {
        return None;
    };
    let key = plain(&attribute.key);
    if key.contains(':') || key == "node_ref" {
        return None;
    }
    let value = match attribute.value() {
        None => String::new(),
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => text.value(),
        Some(Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        })) => number.base10_digits().to_owned(),
        Some(_) => return None,
    };
    Some((key, value))
}

/// What stands in braces; a single expression without them.
fn content(block: &NodeBlock) -> TokenStream {
    match block {
        NodeBlock::ValidBlock(inside) => unbraced(inside),
        NodeBlock::Invalid(_) => quote! { #block },
    }
}

fn unbraced(block: &Block) -> TokenStream {
    match block.stmts.as_slice() {
        [Stmt::Expr(expression, None)] => quote! { #expression },
        _ => quote! { #block },
    }
}

/// A name without the mark of raw identifiers.
fn plain(name: &NodeName) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

fn attribute(attribute: &NodeAttribute) -> TokenStream {
    let NodeAttribute::Attribute(attribute) = attribute else {
        return quote! { compile_error!("a block cannot stand where an attribute stands"); };
    };
    let key = plain(&attribute.key);
    let value = value(attribute);
    if key == "node_ref" {
        return quote! { ::ui::dom::node_ref(#value); };
    }
    if let (true, Some(Expr::Tuple(pair))) = (key == "style", attribute.value()) {
        let mut parts = pair.elems.iter();
        let (name, value) = (parts.next(), parts.next());
        return quote! { ::ui::dom::style(#name, #value); };
    }
    match key.split_once(':') {
        Some(("class", name)) => quote! { ::ui::dom::class(#name, #value); },
        Some(("style", name)) => quote! { ::ui::dom::style(#name, #value); },
        Some(("prop", name)) => quote! { ::ui::dom::prop(#name, #value); },
        Some(("on", name)) => {
            let event = format_ident!("{}", name);
            quote! { ::ui::dom::on(::leptos::ev::#event, #value); }
        }
        Some(_) => quote! { compile_error!("unknown kind of attribute"); },
        None => quote! { ::ui::dom::attr(#key, #value); },
    }
}

/// The value of an attribute; one without a value is simply there.
fn value(attribute: &KeyedAttribute) -> TokenStream {
    match attribute.value() {
        Some(value) => expression(value),
        None => quote! { true },
    }
}

fn expression(value: &Expr) -> TokenStream {
    match value {
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => {
            unbraced(&block.block)
        }
        other => quote! { #other },
    }
}

/// A component: its properties by name, its children as a function.
fn component(element: &NodeElement<rstml::Infallible>, svg: bool) -> TokenStream {
    let name = element.name();
    let properties = element.attributes().iter().map(|attribute| {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return quote! { compile_error!("a block cannot stand where a property stands"); };
        };
        let key = &attribute.key;
        match attribute.value() {
            Some(value) => {
                let value = expression(value);
                quote! { .#key(#value) }
            }
            None => quote! { .#key(#key) },
        }
    });
    let children = (!element.children.is_empty()).then(|| {
        let inside = nodes(&element.children, svg);
        quote! { .children(::ui::dom::ToChildren::to_children(move || #inside)) }
    });
    quote! {
        ::ui::dom::IntoView::into_any(::leptos::component::component_view(
            #[allow(clippy::needless_borrows_for_generic_args)]
            &#name,
            ::leptos::component::component_props_builder(&#name)
                #(#properties)*
                #children
                .build(),
        ))
    }
}
