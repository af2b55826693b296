% Make octave.mat, the sample of Octave's text format: octave-cli make_octave.m
% Entries are those of make.py: v(i) = i * 7 % 23 in row-major order, minus 11 if signed, halved if floating.
1;
function a = values(dims, signed)
  v = mod((0:prod(dims) - 1) * 7, 23) - 11 * signed;
  a = permute(reshape(v, fliplr(dims)), numel(dims):-1:1);
end
X = values([3 4], 1) / 2;
T = values([3 4 2], 1) / 2;
f = single(values([3 4], 1) / 2);
i8 = int8(values([3 4], 1));
u16 = uint16(values([3 4 2], 0));
flags = mod(values([3 4], 0), 2) == 1;
s = 2.5;
range = 0:0.5:3;
Y = values([6 5], 1) / 2;
keep = mod(reshape(0:29, 5, 6)', 3) == 0;
S = sparse(Y .* keep);
SB = S != 0;
D = 5 * eye(2, 3);
words = [NaN NA; Inf -Inf];
z = [1+2i 3];
name = "one line\nof two";
rows = ['ab '; 'cde'];
names = {"tree"; ""; "water"};
mixed = {1, "two"; {3}, [4 5]};
data.X = X;
data.sub.S = S;
data.note = 'text';
many = struct('a', {1, 2});
handle = @sin;
perm = eye(3)([2 1 3], :);
empty = zeros(0, 3);
clear Y keep
save octave.mat X T f i8 u16 flags s range S SB D words z name rows names mixed data many handle perm empty
system("sed -i '1s/.*/# Created by Octave 7.3.0, Mon Jan 01 00:00:00 2024 UTC <user@host>/' octave.mat");
S = sparse(S);
save("-v4", "v4_octave.mat", "X", "s", "S", "rows");
save("-hdf5", "octave.h5", "X", "T");
