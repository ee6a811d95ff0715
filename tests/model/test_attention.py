import torch

from edge.model.attention import WINDOW, RelativeAttention


def test_relative_attention_is_what_its_formula_says() -> None:
    """Position by position, without the skewing: Shaw et al., 2018, equations 3 and 4."""
    torch.manual_seed(0)
    attention = RelativeAttention(8, n_heads=2)
    torch.nn.init.normal_(attention.emb_rel_k)
    torch.nn.init.normal_(attention.emb_rel_v)
    for length in (1, 2, WINDOW, WINDOW + 1, 3 * WINDOW):
        x = torch.randn(1, 8, length)
        q, k, v = (conv(x)[0].T for conv in (attention.conv_q, attention.conv_k, attention.conv_v))
        y = torch.zeros(length, 8)
        for head in (slice(0, 4), slice(4, 8)):
            for i in range(length):
                key, value = k[:, head].clone(), v[:, head].clone()
                for j in range(max(0, i - WINDOW), min(length, i + WINDOW + 1)):
                    key[j] += attention.emb_rel_k[0, j - i + WINDOW]
                    value[j] += attention.emb_rel_v[0, j - i + WINDOW]
                y[i, head] = torch.softmax(key @ q[i, head] / 4**0.5, dim=0) @ value
        torch.testing.assert_close(attention(x), attention.conv_o(y.T.unsqueeze(0)))
