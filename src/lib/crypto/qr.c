/*
 * qr.c -- libqrencode's modules, each run of dark ones a rectangle of one path.
 */
#include "crypto/qr.h"

#include <qrencode.h>

#include "crypto/secret.h"

enum { MARGIN = 4 };

static bool dark(const QRcode *code, int x, int y)
{
        return x < code->width && (code->data[y * code->width + x] & 1) != 0;
}

static void add_row(const QRcode *code, int y, struct buf *out)
{
        for (int x = 0; x < code->width; x++) {
                int from = x;

                while (dark(code, x, y))
                        x++;
                if (x > from)
                        buf_printf(out, "M%d %dh%dv1h-%dz", from + MARGIN, y + MARGIN, x - from, x - from);
        }
}

int qr_svg(struct str text, struct buf *out, struct err *err)
{
        if (text.n == 0)
                return err_set(err, ERR_INVALID, "a QR code needs a text");
        if (text.n > QR_TEXT_MAX)
                return err_set(err, ERR_LIMIT, "a QR code here holds at most %d bytes", QR_TEXT_MAX);
        QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);

        if (code == NULL)
                return err_set(err, ERR_LIMIT, "this text does not fit into a QR code; shorten it");
        int side = code->width + 2 * MARGIN;

        buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                        "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
                        "<path d=\"", side, side, side, side);
        for (int y = 0; y < code->width; y++)
                add_row(code, y, out);
        BUF_LIT(out, "\"/></svg>");
        /* The code may hold a secret. */
        secret_wipe(code->data, (size_t)code->width * (size_t)code->width);
        QRcode_free(code);
        return 0;
}
