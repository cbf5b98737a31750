//! Random causal networks, written by `bp-macros/src/random/streams.rs`.

use super::{Head, check, check_indices};
use backprop::prelude::*;

#[network(input = [72, 1], layers = [concat(axis = 1)[[rnn(1, activation = relu)], [dense(4)]], sum[[conv1d(5, kernel = 4, dilation = 3, padding = causal, bias = false), activation(|x| x / (1.0 + x * x))], [], [dense(5), activation(|x| x / (1.0 + x * x))]], conv1d(6, kernel = 4, dilation = 3, padding = causal, bias = false), repeat(2)[lstm(8, projection = 6, layers = 2), softmax], gru(7, bias = false)])]
struct Net1;
#[test]
fn net1() {
    check::<Net1, 1, 72>(&[Head { width: 7, has_time: true }]);
}

#[network(input = [72, 2], layers = [repeat(2)[dense(2)], concat(axis = 1)[[lstm(2, bias = false), dropout(0.3)], [dense(4)]], product[[lstm(6, bias = false)], [lstm(8, projection = 6, layers = 2)]], glu, lstm(21, projection = 19, bias = false, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net2;
#[test]
fn net2() {
    check::<Net2, 2, 144>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 19, has_time: false }]);
}

#[network(input = [72, 2], layers = [softmax, lstm(5, bias = false, layers = 2), batch_norm, conv1d(19, kernel = 2, dilation = 4, padding = causal, bias = false)])]
struct Net3;
#[test]
fn net3() {
    check::<Net3, 2, 144>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 2], layers = [repeat(2)[rnn(2, activation = relu)], dense(6), conv1d(4, kernel = 1, dilation = 1, padding = causal, bias = false), glu, conv1d(15, kernel = 2, dilation = 4, padding = causal)])]
struct Net4;
#[test]
fn net4() {
    check::<Net4, 2, 144>(&[Head { width: 15, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 4), gru(6, layers = 2), concat(axis = 1)[[conv1d(6, kernel = 4, dilation = 1, padding = causal, groups = 6, bias = false)], [rnn(3, activation = relu)]], dense(4), conv1d(4, kernel = 2, dilation = 5, padding = causal, bias = false), conv1d(11, kernel = 4, dilation = 4, padding = causal), last, dense(3)])]
struct Net5;
#[test]
fn net5() {
    check_indices::<Net5>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 3], layers = [dense(3)])]
struct Net6Part;
#[network(input = [72, 3], layers = [dense(3), Net6Part, reshape([72, 3]), conv1d(19, kernel = 1, dilation = 2, padding = causal, bias = false)])]
struct Net6;
#[test]
fn net6() {
    check::<Net6, 3, 216>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 2], layers = [gelu, dense(5), gru(5, layers = 2), rnn(8), last, dense(3)])]
struct Net7;
#[test]
fn net7() {
    check::<Net7, 2, 144>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 4], layers = [glu, rnn(17, layers = 2)])]
struct Net8;
#[test]
fn net8() {
    check::<Net8, 4, 288>(&[Head { width: 17, has_time: true }]);
}

#[network(input = [72, 1], layers = [dropout(0.3), elu, prelu, dense(4), conv1d(9, kernel = 4, dilation = 3, padding = causal)])]
struct Net9;
#[test]
fn net9() {
    check::<Net9, 1, 72>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 1], layers = [silu, gru(6), dense(4), lstm(3), rnn(5, activation = relu, bias = false)])]
struct Net10;
#[test]
fn net10() {
    check::<Net10, 1, 72>(&[Head { width: 5, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 3), conv1d(3, kernel = 4, dilation = 2, padding = causal), lstm(4, projection = 2, bias = false), rnn(3), product[[dense(3)], [lstm(5, projection = 3, bias = false), prelu]], gru(4, layers = 2), last, dense(3)])]
struct Net11;
#[test]
fn net11() {
    check_indices::<Net11>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 1], layers = [gru(5), rnn(6, bias = false, layers = 2), conv1d(6, kernel = 3, dilation = 4, padding = causal, groups = 6), concat(axis = 1)[[lstm(6), rms_norm], [lstm(5, projection = 3, bias = false)]], lstm(17, projection = 15)])]
struct Net12;
#[test]
fn net12() {
    check::<Net12, 1, 72>(&[Head { width: 15, has_time: true }]);
}

#[network(input = [72, 2], layers = [glu, sum[[dense(1), sigmoid], [], [dense(1)]], rnn(5, activation = relu), tanh, conv1d(11, kernel = 2, dilation = 2, padding = causal)])]
struct Net13;
#[test]
fn net13() {
    check::<Net13, 2, 144>(&[Head { width: 11, has_time: true }]);
}

#[network(input = [72, 1], layers = [conv1d(4, kernel = 3, dilation = 2, padding = causal), repeat(2)[lstm(6, projection = 4)], conv1d(10, kernel = 3, dilation = 4, padding = causal, bias = false)])]
struct Net14;
#[test]
fn net14() {
    check::<Net14, 1, 72>(&[Head { width: 10, has_time: true }]);
}

#[network(input = [72, 3], layers = [repeat(2)[lstm(3)], batch_norm, layer_norm, rnn(13, layers = 2)])]
struct Net15;
#[test]
fn net15() {
    check::<Net15, 3, 216>(&[Head { width: 13, has_time: true }]);
}

#[network(input = [72, 4], layers = [silu, tanh, glu, dense(3), rnn(7), last, dense(3)])]
struct Net16;
#[test]
fn net16() {
    check::<Net16, 4, 288>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 3], layers = [dense(3), gru(3, layers = 2), rnn(2), dense(6), lstm(6, projection = 4)])]
struct Net17;
#[test]
fn net17() {
    check::<Net17, 3, 216>(&[Head { width: 4, has_time: true }]);
}

#[network(input = [72, 4], layers = [lstm(4, projection = 2), repeat(2)[rnn(2), positional_encoding], conv1d(19, kernel = 1, dilation = 4, padding = causal, bias = false)])]
struct Net18;
#[test]
fn net18() {
    check::<Net18, 4, 288>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 3], layers = [dropout(0.3), lstm(10, projection = 8, layers = 2)])]
struct Net19;
#[test]
fn net19() {
    check::<Net19, 3, 216>(&[Head { width: 8, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 3), lstm(5), rnn(12, activation = relu, bias = false), last, dense(3)])]
struct Net20;
#[test]
fn net20() {
    check_indices::<Net20>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 3], layers = [log_softmax, gru(5), rnn(3, activation = relu, bias = false), rnn(8, activation = relu, bias = false), last, dense(3)])]
struct Net21;
#[test]
fn net21() {
    check::<Net21, 3, 216>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 1], layers = [sum[[dense(1)], [], [lstm(3, projection = 1, bias = false), dropout(0.3)]], dense(4), batch_norm, rnn(20, activation = relu, bias = false), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net22;
#[test]
fn net22() {
    check::<Net22, 1, 72>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 20, has_time: false }]);
}

#[network(input = [72, 2], layers = [product[[dense(2), tanh], [conv1d(2, kernel = 3, dilation = 5, padding = causal, groups = 2, bias = false), softmax]], sum[[rnn(2, activation = relu)], [], [gru(2)]], conv1d(5, kernel = 4, dilation = 4, padding = causal)])]
struct Net23;
#[test]
fn net23() {
    check::<Net23, 2, 144>(&[Head { width: 5, has_time: true }]);
}

#[network(input = [72, 4], layers = [rnn(3, bias = false), sigmoid, conv1d(9, kernel = 2, dilation = 5, padding = causal, groups = 3, bias = false)])]
struct Net24;
#[test]
fn net24() {
    check::<Net24, 4, 288>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 4], layers = [dense(4), layer_norm])]
struct Net25Part;
#[network(input = [72, 4], layers = [batch_norm, rms_norm, Net25Part, reshape([72, 4]), lstm(6, projection = 4)])]
struct Net25;
#[test]
fn net25() {
    check::<Net25, 4, 288>(&[Head { width: 4, has_time: true }]);
}

#[network(input = [72, 3], layers = [dense(4)])]
struct Net26Part;
#[network(input = [72, 1], layers = [concat(axis = 1)[[rnn(1)], [conv1d(2, kernel = 1, dilation = 5, padding = causal, bias = false)]], Net26Part, reshape([72, 4]), glu, dense(5), conv1d(6, kernel = 4, dilation = 1, padding = causal)])]
struct Net26;
#[test]
fn net26() {
    check::<Net26, 1, 72>(&[Head { width: 6, has_time: true }]);
}

#[network(input = [72, 3], layers = [dense(4), rnn(10)])]
struct Net27;
#[test]
fn net27() {
    check::<Net27, 3, 216>(&[Head { width: 10, has_time: true }]);
}

#[network(input = [72, 4], layers = [gru(6, layers = 2), rms_norm, product[[rnn(6), positional_encoding], [rnn(6, activation = relu, bias = false)]], rnn(16, layers = 2)])]
struct Net28;
#[test]
fn net28() {
    check::<Net28, 4, 288>(&[Head { width: 16, has_time: true }]);
}

#[network(input = [72, 3], layers = [softplus, rnn(2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net29;
#[test]
fn net29() {
    check::<Net29, 3, 216>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 2, has_time: false }]);
}

#[network(input = [72, 3], layers = [conv1d(3, kernel = 2, dilation = 5, padding = causal, groups = 3), elu])]
struct Net30Part;
#[network(input = [72, 3], layers = [Net30Part, reshape([72, 3]), dense(5), sigmoid, conv1d(2, kernel = 3, dilation = 3, padding = causal), gru(17)])]
struct Net30;
#[test]
fn net30() {
    check::<Net30, 3, 216>(&[Head { width: 17, has_time: true }]);
}

#[network(input = [72, 5], layers = [lstm(6, projection = 4, bias = false)])]
struct Net31Part;
#[network(input = 72, layers = [embedding(11, 5), Net31Part, reshape([72, 4]), repeat(2)[gru(4, bias = false), group_norm(2)], conv1d(12, kernel = 3, dilation = 1, padding = causal, groups = 4)])]
struct Net31;
#[test]
fn net31() {
    check_indices::<Net31>(&[Head { width: 12, has_time: true }]);
}

#[network(input = [72, 4], layers = [residual[dense(4)], group_norm(2), rnn(3, activation = relu, bias = false), dense(2), rnn(3, activation = relu)])]
struct Net32;
#[test]
fn net32() {
    check::<Net32, 4, 288>(&[Head { width: 3, has_time: true }]);
}

#[network(input = [72, 4], layers = [rnn(4), scale, dense(2), dropout(0.3), lstm(5, projection = 3, bias = false, layers = 2)])]
struct Net33;
#[test]
fn net33() {
    check::<Net33, 4, 288>(&[Head { width: 3, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 5), dropout(0.3), silu, repeat(2)[conv1d(5, kernel = 4, dilation = 5, padding = causal)], lstm(11, projection = 9, bias = false)])]
struct Net34;
#[test]
fn net34() {
    check_indices::<Net34>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 3], layers = [residual[lstm(3, bias = false, layers = 2)], gru(8, bias = false)])]
struct Net35;
#[test]
fn net35() {
    check::<Net35, 3, 216>(&[Head { width: 8, has_time: true }]);
}

#[network(input = [72, 2], layers = [softplus, glu, rnn(7, bias = false), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net36;
#[test]
fn net36() {
    check::<Net36, 2, 144>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 7, has_time: false }]);
}

#[network(input = [72, 3], layers = [positional_encoding, lstm(21, projection = 19, bias = false)])]
struct Net37;
#[test]
fn net37() {
    check::<Net37, 3, 216>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 3], layers = [conv1d(3, kernel = 1, dilation = 5, padding = causal), concat(axis = 1)[[conv1d(3, kernel = 4, dilation = 4, padding = causal)], [conv1d(2, kernel = 4, dilation = 3, padding = causal)]], rnn(2, activation = relu)])]
struct Net38;
#[test]
fn net38() {
    check::<Net38, 3, 216>(&[Head { width: 2, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 2), sum[[gru(2, layers = 2)], [], [gru(2, bias = false)]], dropout(0.3), conv1d(2, kernel = 1, dilation = 3, padding = causal, bias = false), lstm(17), last, dense(3)])]
struct Net39;
#[test]
fn net39() {
    check_indices::<Net39>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 4], layers = [softmax, lstm(2), glu, lstm(18, projection = 16), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net40;
#[test]
fn net40() {
    check::<Net40, 4, 288>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 16, has_time: false }]);
}

#[network(input = [72, 3], layers = [layer_norm, repeat(2)[rnn(3, activation = relu, bias = false)], conv1d(5, kernel = 4, dilation = 2, padding = causal), rms_norm, conv1d(15, kernel = 1, dilation = 5, padding = causal, groups = 5, bias = false)])]
struct Net41;
#[test]
fn net41() {
    check::<Net41, 3, 216>(&[Head { width: 15, has_time: true }]);
}

#[network(input = [72, 2], layers = [prelu, lstm(6, projection = 4), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net42;
#[test]
fn net42() {
    check::<Net42, 2, 144>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 4, has_time: false }]);
}

#[network(input = [72, 2], layers = [dropout(0.3), prelu, lstm(6, projection = 4, bias = false, layers = 2), sum[[rnn(4, bias = false, layers = 2)], [], [rnn(4, activation = relu, bias = false)]], lstm(22, projection = 20, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net43;
#[test]
fn net43() {
    check::<Net43, 2, 144>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 20, has_time: false }]);
}

#[network(input = [72, 4], layers = [prelu, product[[dense(4), silu], [dense(4)]], gelu, rnn(20, activation = relu, bias = false)])]
struct Net44;
#[test]
fn net44() {
    check::<Net44, 4, 288>(&[Head { width: 20, has_time: true }]);
}

#[network(input = [72, 1], layers = [batch_norm, positional_encoding, gru(13, bias = false)])]
struct Net45;
#[test]
fn net45() {
    check::<Net45, 1, 72>(&[Head { width: 13, has_time: true }]);
}

#[network(input = [72, 3], layers = [repeat(2)[dense(3)], tanh, sum[[conv1d(3, kernel = 3, dilation = 2, padding = causal, groups = 3)], [], [conv1d(3, kernel = 1, dilation = 2, padding = causal), prelu]], rnn(8, bias = false)])]
struct Net46;
#[test]
fn net46() {
    check::<Net46, 3, 216>(&[Head { width: 8, has_time: true }]);
}

#[network(input = [72, 3], layers = [lstm(8, projection = 6), residual[conv1d(6, kernel = 1, dilation = 3, padding = causal), batch_norm], conv1d(19, kernel = 1, dilation = 5, padding = causal, bias = false)])]
struct Net47;
#[test]
fn net47() {
    check::<Net47, 3, 216>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 1], layers = [dense(5), lstm(3, layers = 2), dropout(0.3), positional_encoding, rnn(16)])]
struct Net48;
#[test]
fn net48() {
    check::<Net48, 1, 72>(&[Head { width: 16, has_time: true }]);
}

#[network(input = [72, 4], layers = [positional_encoding, repeat(2)[lstm(4)], gru(2, bias = false, layers = 2), glu, conv1d(3, kernel = 2, dilation = 3, padding = causal, bias = false)])]
struct Net49;
#[test]
fn net49() {
    check::<Net49, 4, 288>(&[Head { width: 3, has_time: true }]);
}

#[network(input = [72, 3], layers = [scale, sum[[conv1d(3, kernel = 4, dilation = 3, padding = causal, groups = 3, bias = false)], [], [lstm(5, projection = 3)]], gru(2, bias = false, layers = 2), rnn(3, activation = relu, bias = false), conv1d(15, kernel = 3, dilation = 5, padding = causal)])]
struct Net50;
#[test]
fn net50() {
    check::<Net50, 3, 216>(&[Head { width: 15, has_time: true }]);
}

#[network(input = [72, 2], layers = [residual[conv1d(2, kernel = 4, dilation = 1, padding = causal, groups = 2, bias = false)], glu, lstm(5, projection = 3), rnn(19, bias = false, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net51;
#[test]
fn net51() {
    check::<Net51, 2, 144>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 19, has_time: false }]);
}

#[network(input = [72, 4], layers = [product[[lstm(6, projection = 4, bias = false, layers = 2), positional_encoding], [lstm(4, bias = false), group_norm(2)]], prelu, glu, lstm(4, projection = 2), lstm(11, projection = 9, bias = false), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net52;
#[test]
fn net52() {
    check::<Net52, 4, 288>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 9, has_time: false }]);
}

#[network(input = 72, layers = [embedding(11, 3), sigmoid, rms_norm, dense(5), repeat(2)[dense(5), rms_norm], rnn(3, bias = false, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net53;
#[test]
fn net53() {
    check_indices::<Net53>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 3, has_time: false }]);
}

#[network(input = [72, 1], layers = [dense(4), dropout(0.3), conv1d(5, kernel = 4, dilation = 1, padding = causal), rnn(15, activation = relu, bias = false), last, dense(3)])]
struct Net54;
#[test]
fn net54() {
    check::<Net54, 1, 72>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 4], layers = [conv1d(2, kernel = 4, dilation = 3, padding = causal, groups = 2, bias = false), silu])]
struct Net55Part;
#[network(input = 72, layers = [embedding(11, 4), Net55Part, reshape([72, 2]), lstm(16, layers = 2)])]
struct Net55;
#[test]
fn net55() {
    check_indices::<Net55>(&[Head { width: 16, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 2), glu, dense(3), lstm(16, projection = 14, layers = 2)])]
struct Net56;
#[test]
fn net56() {
    check_indices::<Net56>(&[Head { width: 14, has_time: true }]);
}

#[network(input = [72, 1], layers = [gru(3), conv1d(3, kernel = 1, dilation = 3, padding = causal, groups = 3), gelu, conv1d(20, kernel = 2, dilation = 1, padding = causal)])]
struct Net57;
#[test]
fn net57() {
    check::<Net57, 1, 72>(&[Head { width: 20, has_time: true }]);
}

#[network(input = [72, 2], layers = [concat(axis = 1)[[gru(2, bias = false)], [conv1d(4, kernel = 2, dilation = 4, padding = causal, bias = false), positional_encoding]], glu, positional_encoding, lstm(11, projection = 9, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net58;
#[test]
fn net58() {
    check::<Net58, 2, 144>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 9, has_time: false }]);
}

#[network(input = [72, 3], layers = [lstm(4, projection = 2), scale, lstm(3)])]
struct Net59;
#[test]
fn net59() {
    check::<Net59, 3, 216>(&[Head { width: 3, has_time: true }]);
}

#[network(input = [72, 3], layers = [positional_encoding, lstm(4)])]
struct Net60;
#[test]
fn net60() {
    check::<Net60, 3, 216>(&[Head { width: 4, has_time: true }]);
}

#[network(input = [72, 1], layers = [residual[rnn(1, bias = false, layers = 2)], conv1d(5, kernel = 2, dilation = 2, padding = causal, bias = false), dropout(0.3), lstm(4, projection = 2, bias = false, layers = 2), lstm(11, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net61;
#[test]
fn net61() {
    check::<Net61, 1, 72>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 11, has_time: false }]);
}

#[network(input = [72, 3], layers = [lstm(5, layers = 2), conv1d(3, kernel = 3, dilation = 5, padding = causal), gru(9, bias = false, layers = 2)])]
struct Net62;
#[test]
fn net62() {
    check::<Net62, 3, 216>(&[Head { width: 9, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 2), concat(axis = 1)[[lstm(2)], [gru(3)]], layer_norm, dense(6), gru(9)])]
struct Net63;
#[test]
fn net63() {
    check_indices::<Net63>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 2], layers = [gru(3, layers = 2), softplus])]
struct Net64Part;
#[network(input = [72, 3], layers = [dense(2), Net64Part, reshape([72, 3]), conv1d(6, kernel = 4, dilation = 1, padding = causal, groups = 3), tanh, rnn(8, layers = 2)])]
struct Net64;
#[test]
fn net64() {
    check::<Net64, 3, 216>(&[Head { width: 8, has_time: true }]);
}

#[network(input = [72, 4], layers = [group_norm(2), lstm(13)])]
struct Net65;
#[test]
fn net65() {
    check::<Net65, 4, 288>(&[Head { width: 13, has_time: true }]);
}

#[network(input = [72, 4], layers = [prelu, lstm(22, projection = 20)])]
struct Net66;
#[test]
fn net66() {
    check::<Net66, 4, 288>(&[Head { width: 20, has_time: true }]);
}

#[network(input = [72, 1], layers = [dense(4), tanh, dense(4), conv1d(17, kernel = 1, dilation = 3, padding = causal)])]
struct Net67;
#[test]
fn net67() {
    check::<Net67, 1, 72>(&[Head { width: 17, has_time: true }]);
}

#[network(input = [72, 4], layers = [dense(5), lstm(2, layers = 2), sum[[conv1d(2, kernel = 1, dilation = 2, padding = causal), activation(|x| x / (1.0 + x * x))], [], [rnn(2, bias = false, layers = 2), batch_norm]], rnn(20, activation = relu, bias = false)])]
struct Net68;
#[test]
fn net68() {
    check::<Net68, 4, 288>(&[Head { width: 20, has_time: true }]);
}

#[network(input = [72, 3], layers = [lstm(5, projection = 3)])]
struct Net69Part;
#[network(input = [72, 3], layers = [Net69Part, reshape([72, 3]), dense(6), conv1d(17, kernel = 2, dilation = 1, padding = causal)])]
struct Net69;
#[test]
fn net69() {
    check::<Net69, 3, 216>(&[Head { width: 17, has_time: true }]);
}

#[network(input = [72, 4], layers = [gru(5, layers = 2), batch_norm])]
struct Net70Part;
#[network(input = [72, 4], layers = [Net70Part, reshape([72, 5]), prelu, dropout(0.3), rnn(16, activation = relu)])]
struct Net70;
#[test]
fn net70() {
    check::<Net70, 4, 288>(&[Head { width: 16, has_time: true }]);
}

#[network(input = [72, 4], layers = [dense(4), log_softmax, residual[gru(4, layers = 2), prelu], dense(5), gru(10, layers = 2)])]
struct Net71;
#[test]
fn net71() {
    check::<Net71, 4, 288>(&[Head { width: 10, has_time: true }]);
}

#[network(input = [72, 3], layers = [softmax, gru(7, bias = false)])]
struct Net72;
#[test]
fn net72() {
    check::<Net72, 3, 216>(&[Head { width: 7, has_time: true }]);
}

#[network(input = [72, 4], layers = [glu, dropout(0.3), glu, dense(3), rnn(7, activation = relu)])]
struct Net73;
#[test]
fn net73() {
    check::<Net73, 4, 288>(&[Head { width: 7, has_time: true }]);
}

#[network(input = [72, 1], layers = [prelu, conv1d(17, kernel = 4, dilation = 2, padding = causal)])]
struct Net74;
#[test]
fn net74() {
    check::<Net74, 1, 72>(&[Head { width: 17, has_time: true }]);
}

#[network(input = [72, 5], layers = [conv1d(4, kernel = 2, dilation = 5, padding = causal, bias = false), silu])]
struct Net75Part;
#[network(input = [72, 1], layers = [rnn(5), Net75Part, reshape([72, 4]), rms_norm, dense(4), conv1d(11, kernel = 4, dilation = 1, padding = causal), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net75;
#[test]
fn net75() {
    check::<Net75, 1, 72>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 11, has_time: false }]);
}

#[network(input = [72, 4], layers = [lstm(4, bias = false, layers = 2), rms_norm])]
struct Net76Part;
#[network(input = [72, 4], layers = [Net76Part, reshape([72, 4]), activation(|x| x / (1.0 + x * x)), glu, relu, lstm(13, projection = 11)])]
struct Net76;
#[test]
fn net76() {
    check::<Net76, 4, 288>(&[Head { width: 11, has_time: true }]);
}

#[network(input = [72, 1], layers = [rnn(3, bias = false, layers = 2), tanh, dense(3), dropout(0.3), conv1d(3, kernel = 1, dilation = 1, padding = causal, groups = 3, bias = false), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net77;
#[test]
fn net77() {
    check::<Net77, 1, 72>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 3, has_time: false }]);
}

#[network(input = 72, layers = [embedding(11, 4), dense(5), softplus, lstm(9, layers = 2)])]
struct Net78;
#[test]
fn net78() {
    check_indices::<Net78>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 3], layers = [gru(4, layers = 2), glu, concat(axis = 1)[[rnn(2, bias = false, layers = 2), batch_norm], [gru(1, layers = 2), batch_norm]], rnn(16, layers = 2)])]
struct Net79;
#[test]
fn net79() {
    check::<Net79, 3, 216>(&[Head { width: 16, has_time: true }]);
}

#[network(input = [72, 4], layers = [dense(3), layer_norm])]
struct Net80Part;
#[network(input = [72, 4], layers = [Net80Part, reshape([72, 3]), lstm(7, projection = 5, bias = false), last, dense(3)])]
struct Net80;
#[test]
fn net80() {
    check::<Net80, 4, 288>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 2], layers = [repeat(2)[rnn(2, activation = relu)], dense(4), lstm(4, projection = 2, bias = false), glu, conv1d(5, kernel = 2, dilation = 5, padding = causal)])]
struct Net81;
#[test]
fn net81() {
    check::<Net81, 2, 144>(&[Head { width: 5, has_time: true }]);
}

#[network(input = [72, 1], layers = [dense(6), rnn(6), last, dense(3)])]
struct Net82;
#[test]
fn net82() {
    check::<Net82, 1, 72>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 1], layers = [elu, batch_norm, prelu, lstm(5, projection = 3, bias = false, layers = 2)])]
struct Net83;
#[test]
fn net83() {
    check::<Net83, 1, 72>(&[Head { width: 3, has_time: true }]);
}

#[network(input = [72, 4], layers = [batch_norm, concat(axis = 1)[[rnn(4, activation = relu), positional_encoding], [rnn(3, activation = relu, bias = false)]], lstm(21, projection = 19)])]
struct Net84;
#[test]
fn net84() {
    check::<Net84, 4, 288>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 2], layers = [layer_norm, conv1d(2, kernel = 2, dilation = 4, padding = causal, groups = 2), lstm(9, bias = false), last, dense(3)])]
struct Net85;
#[test]
fn net85() {
    check::<Net85, 2, 144>(&[Head { width: 3, has_time: false }]);
}

#[network(input = [72, 2], layers = [conv1d(2, kernel = 2, dilation = 1, padding = causal), conv1d(9, kernel = 1, dilation = 1, padding = causal)])]
struct Net86;
#[test]
fn net86() {
    check::<Net86, 2, 144>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 4], layers = [dense(3), sum[[lstm(5, projection = 3, bias = false), softmax], [], [gru(3), tanh]], rnn(8, activation = relu), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net87;
#[test]
fn net87() {
    check::<Net87, 4, 288>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 8, has_time: false }]);
}

#[network(input = [72, 4], layers = [glu, lstm(18)])]
struct Net88;
#[test]
fn net88() {
    check::<Net88, 4, 288>(&[Head { width: 18, has_time: true }]);
}

#[network(input = [72, 2], layers = [conv1d(2, kernel = 1, dilation = 2, padding = causal), lstm(14, projection = 12, bias = false)])]
struct Net89;
#[test]
fn net89() {
    check::<Net89, 2, 144>(&[Head { width: 12, has_time: true }]);
}

#[network(input = [72, 4], layers = [positional_encoding, concat(axis = 1)[[rnn(4, bias = false), gelu], [rnn(4, activation = relu, bias = false), prelu]], layer_norm, lstm(8, projection = 6), conv1d(17, kernel = 1, dilation = 5, padding = causal)])]
struct Net90;
#[test]
fn net90() {
    check::<Net90, 4, 288>(&[Head { width: 17, has_time: true }]);
}

#[network(input = [72, 3], layers = [lstm(5, bias = false, layers = 2), gelu])]
struct Net91Part;
#[network(input = [72, 2], layers = [layer_norm, concat(axis = 1)[[dense(2), tanh], [lstm(3, projection = 1), gelu]], Net91Part, reshape([72, 5]), layer_norm, lstm(15)])]
struct Net91;
#[test]
fn net91() {
    check::<Net91, 2, 144>(&[Head { width: 15, has_time: true }]);
}

#[network(input = [72, 3], layers = [sum[[gru(3)], [], [conv1d(3, kernel = 4, dilation = 1, padding = causal, bias = false)]], gru(10, bias = false, layers = 2)])]
struct Net92;
#[test]
fn net92() {
    check::<Net92, 3, 216>(&[Head { width: 10, has_time: true }]);
}

#[network(input = [72, 1], layers = [activation(|x| x / (1.0 + x * x)), repeat(2)[lstm(1), tanh], conv1d(18, kernel = 2, dilation = 5, padding = causal, bias = false)])]
struct Net93;
#[test]
fn net93() {
    check::<Net93, 1, 72>(&[Head { width: 18, has_time: true }]);
}

#[network(input = [72, 2], layers = [rnn(3, activation = relu), lstm(6, projection = 4, bias = false), glu, concat(axis = 1)[[dense(2), positional_encoding], [conv1d(3, kernel = 2, dilation = 4, padding = causal), relu]], lstm(12, projection = 10, layers = 2)])]
struct Net94;
#[test]
fn net94() {
    check::<Net94, 2, 144>(&[Head { width: 10, has_time: true }]);
}

#[network(input = 72, layers = [embedding(11, 2), rnn(2, activation = relu), glu, dense(4), rnn(13, bias = false, layers = 2), heads { one: [dense(2)], other: [relu, dense(1)], end: [last] }])]
struct Net95;
#[test]
fn net95() {
    check_indices::<Net95>(&[Head { width: 2, has_time: true }, Head { width: 1, has_time: true }, Head { width: 13, has_time: false }]);
}

#[network(input = 72, layers = [embedding(11, 4), glu, softmax, gru(2)])]
struct Net96;
#[test]
fn net96() {
    check_indices::<Net96>(&[Head { width: 2, has_time: true }]);
}

#[network(input = [72, 2], layers = [glu, batch_norm, batch_norm, residual[lstm(3, projection = 1)], gru(4, bias = false, layers = 2)])]
struct Net97;
#[test]
fn net97() {
    check::<Net97, 2, 144>(&[Head { width: 4, has_time: true }]);
}

#[network(input = [72, 4], layers = [dense(4), rnn(9, layers = 2)])]
struct Net98;
#[test]
fn net98() {
    check::<Net98, 4, 288>(&[Head { width: 9, has_time: true }]);
}

#[network(input = [72, 4], layers = [group_norm(2), lstm(19)])]
struct Net99;
#[test]
fn net99() {
    check::<Net99, 4, 288>(&[Head { width: 19, has_time: true }]);
}

#[network(input = [72, 2], layers = [dense(2), rnn(6, activation = relu)])]
struct Net100;
#[test]
fn net100() {
    check::<Net100, 2, 144>(&[Head { width: 6, has_time: true }]);
}
